import type { Logger } from '../event/index.ts'

const MINUTE = 60_000
/** Kinds of trouble that are told apart; the oldest are forgotten. */
const MOST = 1000

interface Told {
  at: number
  /** Times since then that were not told. */
  untold: number
}

/**
 * Tells the same trouble at once, and then once a minute with its `times`: what is tried again each second would bury
 * all else. The same is what has the same message, and the same fields but for counts. `now`: milliseconds.
 */
export function sparingLogger(logger: Logger, now: () => number = () => performance.now()): Logger {
  const told = new Map<string, Told>()

  function timesOf(fields: object, message: string): number | undefined {
    const key = keyOf(fields, message)
    const before = told.get(key)
    if (before !== undefined && now() - before.at < MINUTE) {
      before.untold++
      return undefined
    }
    told.delete(key)
    told.set(key, { at: now(), untold: 0 })
    const [oldest] = told.keys()
    if (told.size > MOST && oldest !== undefined) told.delete(oldest)
    return (before?.untold ?? 0) + 1
  }

  const sparing =
    (level: 'warn' | 'error') =>
    (fields: object, message: string): void => {
      const isTrouble = 'err' in fields
      const times = isTrouble ? timesOf(fields, message) : 1
      if (times !== undefined) logger[level](times === 1 ? fields : { ...fields, times }, message)
    }
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: sparing('warn'),
    error: sparing('error'),
  }
}

function keyOf(fields: object, message: string): string {
  const parts = Object.entries(fields).map(([name, value]) => {
    if (name === 'failures') return ''
    return `${name}=${value instanceof Error ? value.message : String(value)}`
  })
  return [message, ...parts].join('\n')
}
