/**
 * The app's clock: time-outs, back-off and `recordedAt` follow it, leases do not (they follow the
 * database's). A test or a scenario may bring one that it moves itself.
 */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls back once, when `now() >= time`, never synchronously. Returns what cancels it. Does not keep the process alive. */
  at(time: number, callback: () => void): () => void
}

/** Gives an id that is never given twice: UUIDv7 outside tests. */
export type Ids = () => string

const LONGEST_TIMEOUT = 2 ** 31 - 1

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at(time, callback) {
    let timeout: NodeJS.Timeout
    const arm = (): void => {
      const wait = Math.max(0, time - Date.now())
      timeout = setTimeout(
        () => (Date.now() >= time ? callback() : arm()),
        Math.min(wait, LONGEST_TIMEOUT),
      ).unref()
    }
    arm()
    return () => clearTimeout(timeout)
  },
}
