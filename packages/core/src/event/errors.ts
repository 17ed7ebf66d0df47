/** The base of all errors of Eventwright: `code` is stable, the message says what, where and how to mend it. */
export abstract class EventwrightError extends Error {
  abstract readonly code: string

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}
