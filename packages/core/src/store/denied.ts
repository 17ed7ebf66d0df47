/**
 * True where a database refuses a statement for what the role or the tables are, and so will the next time: SQLSTATE
 * 42 (no right, no such table). An outage has other codes.
 */
export function isDenied(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^42[0-9A-Z]{3}$/.test(code)
}
