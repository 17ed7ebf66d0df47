/** 128 + SIGTERM: what a shell reports for a process that the signal ended. */
const ENDED_BY_SIGTERM = 143

/**
 * On SIGTERM runs `stop` and ends the process with 0 (1 when it failed); a second SIGTERM ends it at once.
 * Returns what removes the listener.
 */
export function onTermination(stop: () => Promise<void>): () => void {
  let stopping = false
  function listener(): void {
    if (stopping) process.exit(ENDED_BY_SIGTERM)
    stopping = true
    stop().then(
      () => process.exit(process.exitCode ?? 0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', listener)
  return () => process.off('SIGTERM', listener)
}
