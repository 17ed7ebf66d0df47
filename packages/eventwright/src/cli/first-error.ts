/** What went wrong first: what then fails while all is closed, as where a database is gone, only follows from it. */
export function firstOf(error: unknown): unknown {
  return error instanceof SuppressedError ? firstOf(error.suppressed) : error
}
