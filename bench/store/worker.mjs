// One side, one task, in a process of its own: node worker.mjs SIDE TASK PLACE COUNT [STORED]. Prints one line of JSON.
// It says `ready`, and begins when it is told to.
import process from 'node:process'
import { turn } from '../app/turn.mjs'
import { oldStream } from './sides/order.mjs'

const [side = '', task = '', place = '', count = '0', stored = '0'] = process.argv.slice(2)
const CALLERS = 1_000
const STREAM = 1_000

const { open } = await import(`./sides/${side}.mjs`)
const store = await open(place)
// A peer's connection that fails beside its promise must not end the run: it counts as a failure.
let unhandled = 0
process.on('unhandledRejection', () => {
  unhandled++
})
process.on('uncaughtException', () => {
  unhandled++
})
const tasks = { one, many, fill, fold, grow, revisit }
const run = tasks[task]
await turn()
const result = await run(Number(count)).catch((error) => {
  console.error(error)
  process.exit(1)
})
await store.close()
console.log(JSON.stringify({ ...result, unhandled, megabytes: Math.round(process.memoryUsage().rss / 1e6) }))

/** Appends one at a time, each on disk before the next; streams of ten events. @param {number} count */
async function one(count) {
  // A service has run for longer than its code took to compile.
  await oneByOne(`warm-${process.pid}`, Math.min(count, 5_000))
  return oneByOne(`one-${process.pid}`, count)
}

/** @param {string} label @param {number} count */
async function oneByOne(label, count) {
  return timed(count, async () => {
    /** @type {string[]} */
    const errors = []
    for (let stream = 0; stream < count / 10; stream++) {
      for (let version = 0; version < 10; version++) {
        try {
          await store.append(`${label}-${stream}`, version, stream + version)
        } catch (error) {
          // The rest of the stream would meet a version that it does not expect.
          errors.push(...Array.from({ length: 10 - version }, () => String(error)))
          break
        }
      }
    }
    return errors
  })
}

/** A thousand callers at once, each appending to a stream of its own as soon as it was answered. @param {number} count */
async function many(count) {
  const label = `many-${process.pid}`
  const rounds = Math.max(1, Math.round(count / CALLERS))
  return timed(rounds * CALLERS, async () => {
    if (store.appendAll !== undefined) return batches(label, rounds)
    /** @type {string[]} */
    const errors = []
    const caller = async (c) => {
      for (let version = 0; version < rounds; version++) {
        try {
          await store.append(`${label}-${c}`, version, c)
        } catch (error) {
          errors.push(String(error.cause ?? error))
          return
        }
      }
    }
    await Promise.all(Array.from({ length: CALLERS }, (_, c) => caller(c)))
    return errors
  })
}

async function batches(label, rounds) {
  for (let version = 0; version < rounds; version++) {
    await store.appendAll(Array.from({ length: CALLERS }, (_, c) => [`${label}-${c}`, version, c]))
  }
  return []
}

/** Streams of a thousand events, for `fold`. @param {number} count */
async function fill(count) {
  return timed(count, async () => {
    for (let stream = 0; stream < count / STREAM; stream++) {
      await store.fill(`fold-${stream}`, STREAM)
    }
    return []
  })
}

/** Old streams of ten events, as many as asked for. @param {number} count */
async function grow(count) {
  return timed(count, async () => {
    await store.grow(Number(stored), count)
    return []
  })
}

/** Reads and folds old streams at random places. @param {number} count */
async function revisit(count) {
  const names = Array.from({ length: count / 10 }, () => oldStream(Math.floor((Math.random() * stored) / 10)))
  return timed(count, async () => {
    for (const name of names) if (!((await store.sum(name)) > 0)) throw new Error(`${name} is not there`)
    return []
  })
}

/** Reads and folds each stream. @param {number} count */
async function fold(count) {
  return timed(count, async () => {
    const sums = new Set()
    for (let stream = 0; stream < count / STREAM; stream++) sums.add(await store.sum(`fold-${stream}`))
    if (sums.size !== 1 || sums.has(0)) throw new Error(`${side} folded wrongly: ${[...sums]}`)
    return []
  })
}

/** @param {number} events @param {() => Promise<string[]>} work */
async function timed(events, work) {
  const begun = performance.now()
  const errors = await work()
  return {
    events: events - errors.length,
    seconds: (performance.now() - begun) / 1000,
    begun: performance.timeOrigin + begun,
    failed: errors.length,
    ...(errors.length > 0 ? { error: errors[0] } : {}),
  }
}
