/**
 * What core logs through; pino fits as it is: an error that was thrown stands in `err`, where pino tells its message
 * and code. Payloads are not logged.
 */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Says nothing: the default. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
}
