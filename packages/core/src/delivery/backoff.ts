import { isDenied } from '../store/index.ts'

/** How a message that fails is tried again. */
export interface RetryOptions {
  /** Tries of a message before it is parked; default 5. */
  readonly attempts?: number
  /** Milliseconds before the second try, doubled with each further one; default 200. */
  readonly backoff?: number
  /** Most milliseconds between two tries; default 60 000. */
  readonly maxBackoff?: number
  /** Crashes of the process, while it ran nothing but this message, after which it is parked; default 3. */
  readonly crashes?: number
}

export const RETRY_DEFAULTS: Required<RetryOptions> = {
  attempts: 5,
  backoff: 200,
  maxBackoff: 60_000,
  crashes: 3,
}

/**
 * Milliseconds to wait after so many failures: doubled each time, then between half and all of that, so
 * that what failed together does not come back together.
 */
export function delayAfter(
  failures: number,
  retry: Pick<Required<RetryOptions>, 'backoff' | 'maxBackoff'>,
  random: () => number,
): number {
  const full = Math.min(retry.maxBackoff, retry.backoff * 2 ** Math.min(failures - 1, 30))
  return Math.ceil(full * (0.5 + random() / 2))
}

const LONGEST_DENIED = 30_000

/**
 * Most milliseconds between two tries of what runs all the time: `usual` for an outage, which ends by itself; longer
 * where somebody has to give a right first.
 */
export function longestPause(error: unknown, usual: number): number {
  return isDenied(error) ? LONGEST_DENIED : usual
}
