import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

const SHARED_MEMORY = '/dev/shm'
/** A run has about 1 GB of files at a time. */
const ROOM_BYTES = 4 * 2 ** 30

/**
 * While the work goes on, temporary folders lie in memory where the machine has room for them: databases, logs and
 * topics are made and deleted by the thousand, and nothing of them outlives the run.
 * @template Result
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function inMemory(work) {
  const folder = process.env.TMPDIR === undefined ? folderInMemory() : undefined
  if (folder === undefined) return work()
  process.env.TMPDIR = folder
  try {
    return await work()
  } finally {
    delete process.env.TMPDIR
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}

/** Undefined where there is none, it is too small, or no program may be started from it. */
function folderInMemory() {
  if (process.platform !== 'linux' || !hasRoom()) return undefined
  const folder = mkdtempSync(join(SHARED_MEMORY, 'eventwright-'))
  // PostgreSQL refuses root, and runs as another user.
  chmodSync(folder, 0o755)
  if (runsPrograms(folder)) return folder
  rmSync(folder, { recursive: true, force: true })
  return undefined
}

function hasRoom() {
  try {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY)
    return bavail * bsize >= ROOM_BYTES && process.availableMemory() >= 2 * ROOM_BYTES
  } catch {
    return false
  }
}

/** @param {string} folder */
function runsPrograms(folder) {
  const program = join(folder, 'program')
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 })
  const { status } = spawnSync(program)
  rmSync(program)
  return status === 0
}
