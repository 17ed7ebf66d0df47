/**
 * Tells what became of each test, a line of JSON each.
 * @typedef {{ name: string, failure?: { type: string, text: string } }} Told
 */

/**
 * @param {AsyncIterable<import('node:test/reporters').TestEvent>} events
 * @returns {AsyncGenerator<string>}
 */
export default async function* tell(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.details.type === 'suite' || data.skip !== undefined) continue
    /** @type {Told} */
    const told = { name: data.name }
    if (type === 'test:fail') told.failure = failureOf(data.details.error)
    yield `${JSON.stringify(told)}\n`
  }
}

/** @param {Error} error */
function failureOf(error) {
  const type = 'failureType' in error ? String(error.failureType) : 'unknown'
  const cause = error.cause instanceof Error ? error.cause : error
  return { type, text: `${cause.name}: ${cause.message}` }
}
