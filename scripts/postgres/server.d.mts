// The types of server.mjs for TypeScript that does not read JSDoc. What they mean is told there.

export type Version = 18 | 14

export type Postgres = {
  url: string
  port: number
  data: string
  kill: () => Promise<void>
  stop: (mode?: 'smart' | 'fast' | 'immediate') => Promise<void>
  start: () => Promise<void>
  end: () => Promise<void>
  [Symbol.asyncDispose]: () => Promise<void>
}

export function startPostgres(options?: {
  version?: Version
  config?: Record<string, string | number | boolean>
}): Promise<Postgres>

export function sharedVariable(version: Version): string

export function testDatabase(
  version?: Version,
): Promise<{ url: string; admin: string; drop: () => Promise<void> }>

export function withoutPostgres(version?: Version): string | false
