import { join } from 'node:path'
import { BROKER_FILE, type LayoutName, storeFiles, WORKERS, type WorkerName } from './layout.ts'
import { rowsOf } from './truth/database.ts'
import type { WorkerProcess } from './worker-process.ts'

const OF_STORE = {
  leases: 'SELECT name, holder, token, expires FROM eventwright_leases',
  checkpoints: 'SELECT name, position FROM eventwright_checkpoints',
  head: 'SELECT max(position) AS head FROM eventwright_events',
  timers: 'SELECT owner, id, due FROM eventwright_timers ORDER BY due LIMIT 20',
  fences: 'SELECT name, token FROM eventwright_fences',
  attempts: "SELECT id, value FROM eventwright_documents WHERE collection = 'eventwright.attempts'",
}
const OF_BROKER = {
  members: 'SELECT consumers, id, expires FROM eventwright_members',
  behind: `SELECT o.consumers, t.name AS topic, o.partition, o.owner, o.token, o.committed, p.next
    FROM eventwright_offsets o JOIN eventwright_topics t ON t.id = o.topic
    JOIN eventwright_partitions p ON p.topic = o.topic AND p.partition = o.partition
    WHERE o.committed < p.next`,
}
const ANSWERS_WITHIN = 3000

/** What everybody waits for: for a person who looks why nothing moves. */
export async function dump(
  folder: string,
  layout: LayoutName,
  workers: { readonly [name in WorkerName]: WorkerProcess },
): Promise<string> {
  const lines = [`now ${Date.now()}`]
  for (const name of WORKERS) lines.push(`${name}: ${JSON.stringify(await healthOf(workers[name]))}`)
  const files = [
    ...storeFiles(layout).map((file) => [file, OF_STORE] as const),
    [BROKER_FILE, OF_BROKER] as const,
  ]
  for (const [file, statements] of files) {
    for (const [what, sql] of Object.entries(statements)) {
      lines.push(`${file} ${what}:`)
      for (const row of rowsOf(join(folder, file), sql)) lines.push(`  ${JSON.stringify(row)}`)
    }
  }
  for (const name of WORKERS) lines.push(`last words of ${name}:`, workers[name].words)
  return lines.join('\n')
}

async function healthOf(worker: WorkerProcess): Promise<unknown> {
  const silence = new Promise<string>((resolve) =>
    setTimeout(resolve, ANSWERS_WITHIN, 'does not answer').unref(),
  )
  return Promise.race([worker.ask({ kind: 'health' }), silence])
}
