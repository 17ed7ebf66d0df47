import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import process from 'node:process'

/**
 * Runs a command to its end: how long it took, the processor's time and the most memory that it held at once (both on
 * Linux only), how it ended.
 * @param {string} command @param {string[]} args
 */
export async function measured(command, args) {
  const begun = performance.now()
  const env = { ...process.env, NODE_OPTIONS: '' }
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-2000)
  })
  let megabytes = 0
  let cpu = 0
  const poll = setInterval(() => {
    megabytes = Math.max(megabytes, peakOf(child.pid))
    cpu = Math.max(cpu, processorTimeOf(child.pid))
  }, 20)
  const [code] = await once(child, 'close')
  clearInterval(poll)
  return { seconds: (performance.now() - begun) / 1000, cpu, megabytes, code, said }
}

/** @param {number | undefined} pid */
function peakOf(pid) {
  try {
    const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes) / 1000
  } catch {
    return 0 // it has ended, or this is no Linux
  }
}

/** Seconds on all its threads. @param {number | undefined} pid */
function processorTimeOf(pid) {
  try {
    // Behind the name in brackets; a tick is a hundredth of a second on every Linux.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}
