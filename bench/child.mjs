import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'

const LONGEST = 600_000
const SOURCE = '--conditions=@eventwright/source --no-warnings'

/** @typedef {{ cwd?: string, env?: Record<string, string>, options?: string, timeout?: number, code?: number }} How */

/**
 * Runs a Node program to its end: the last line that it prints, or all of it, is JSON.
 * @param {readonly string[]} args @param {How} [how] `options`: NODE_OPTIONS, default to run our packages from source
 */
export async function jsonOf(args, how) {
  const child = started(args, how)
  child.go()
  return child.result
}

/**
 * The same for a program that says `ready` when it could begin, and begins when it is told to: several of them begin
 * at once.
 * @param {readonly string[]} args @param {How} [how]
 */
export function started(args, { cwd, env = {}, options = SOURCE, timeout = LONGEST } = {}) {
  const child = spawn(process.execPath, [...args], {
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env, NODE_OPTIONS: options },
    timeout,
    killSignal: 'SIGKILL',
  })
  child.stdin.on('error', () => {}) // its end is told by 'close'
  const ready = Promise.withResolvers()
  const lines = []
  let noise = ''
  child.stderr.on('data', (chunk) => {
    noise = (noise + chunk).slice(-1000)
  })
  const told = createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') ready.resolve()
    else lines.push(line)
  })
  const ended = Promise.all([once(child, 'close'), once(told, 'close')])
  const result = ended.then(([[code]]) => {
    ready.resolve()
    return answerOf(lines, `${args.join(' ')} ended with ${code}: ${noise || lines.join('\n') || 'no word'}`)
  })
  return { ready: ready.promise, go: () => child.stdin.end('go\n'), result }
}

/** @param {readonly string[]} lines @param {string} complaint */
function answerOf(lines, complaint) {
  for (const text of [lines.at(-1) ?? '', lines.join('\n')]) {
    try {
      return JSON.parse(text)
    } catch {}
  }
  throw new Error(complaint)
}

/**
 * Programs that measured, begun at once: from the first one's beginning to the last one's end.
 * @param {readonly ReturnType<typeof started>[]} processes
 */
export async function together(processes) {
  await Promise.all(processes.map(({ ready }) => ready))
  for (const { go } of processes) go()
  const all = await Promise.all(processes.map(({ result }) => result))
  const begun = Math.min(...all.map((one) => one.begun))
  const ended = Math.max(...all.map((one) => one.begun + one.seconds * 1000))
  return {
    events: all.reduce((sum, { events }) => sum + events, 0),
    failed: all.reduce((sum, { failed = 0 }) => sum + failed, 0),
    seconds: (ended - begun) / 1000,
    megabytes: Math.max(...all.map(({ megabytes }) => megabytes)),
  }
}
