/** Waits until work ends, but no longer than so many milliseconds of real time. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timeout = setTimeout(resolve, milliseconds)
  await Promise.race([work, promise])
  clearTimeout(timeout)
}
