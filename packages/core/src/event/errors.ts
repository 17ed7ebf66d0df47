/** The base of all errors of Eventwright: `code` is stable, the message says what, where and how to mend it. */
export abstract class EventwrightError extends Error {
  abstract readonly code: string

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** A message that is not a CloudEvents 1.0 envelope in structured JSON as Eventwright reads it. */
export class InvalidEnvelope extends EventwrightError {
  readonly code = 'InvalidEnvelope'
  /** The attribute that is missing or broken, if it is one. */
  readonly attribute: string | undefined

  constructor(problem: string, attribute?: string, options?: ErrorOptions) {
    const what = attribute === undefined ? 'The envelope' : `The envelope's attribute "${attribute}"`
    super(`${what} ${problem}. Send CloudEvents 1.0 as structured JSON.`, options)
    this.attribute = attribute
  }
}
