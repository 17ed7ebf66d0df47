import { z } from 'zod'

/** What the environment says. */
export interface Settings {
  /** Of the service's own store: `sqlite:FILE`, `postgres://…?schema=orders` or `memory:`. */
  readonly store: string
  /** The same for all services that talk to each other: also `kafka://HOST:PORT`. */
  readonly broker: string
  /** 0: any that is free. */
  readonly port: number
  readonly logLevel: string
}

const environment = z.object({
  STORE_URL: z.string().min(1),
  BROKER_URL: z.string().min(1),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('warn'),
})

/** @throws ZodError */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const { STORE_URL, BROKER_URL, PORT, LOG_LEVEL } = environment.parse(env)
  return { store: STORE_URL, broker: BROKER_URL, port: PORT, logLevel: LOG_LEVEL }
}
