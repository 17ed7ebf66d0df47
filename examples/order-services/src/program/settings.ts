import { type core, z } from 'zod'

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

/** The environment cannot be used; the message says of each variable what is wrong, and what to give. */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings'
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const

const WANTED: { readonly [name: string]: string } = {
  STORE_URL: "the service's own store, such as STORE_URL=sqlite:orders.db",
  BROKER_URL: 'where all services talk, such as BROKER_URL=sqlite:broker.db',
  PORT: 'a whole number from 0 to 65535, such as PORT=3001; 0 is any that is free',
  LOG_LEVEL: `one of ${LEVELS.join(', ')}`,
}

const environment = z.object({
  STORE_URL: z.string().min(1),
  BROKER_URL: z.string().min(1),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  LOG_LEVEL: z.enum(LEVELS).default('warn'),
})

/** @throws InvalidSettings */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const { success, data, error } = environment.safeParse(env)
  if (!success) throw new InvalidSettings(error.issues.map((issue) => problem(issue, env)).join('\n'))
  return { store: data.STORE_URL, broker: data.BROKER_URL, port: data.PORT, logLevel: data.LOG_LEVEL }
}

function problem({ path }: core.$ZodIssue, env: NodeJS.ProcessEnv): string {
  const name = String(path[0])
  const value = env[name]
  return `${name} is ${value ? `"${value}"` : 'not set'}: give ${WANTED[name]}`
}
