/**
 * Makes a function that never runs beside itself: calls during a run share the one that follows it, so
 * that each caller waits for a run that began after its call.
 */
export function serial(run: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  let queued: Promise<void> | undefined
  return () => {
    if (queued) return queued
    const next = last
      .catch(() => {})
      .then(() => {
        queued = undefined
        return run()
      })
    queued = next
    last = next
    return next
  }
}
