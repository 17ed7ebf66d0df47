import { protocolErrorsCodesById, ResponseError } from '@platformatic/kafka'
import { BrokerUnreachable } from '../errors.ts'

/** Kafka's own name of an error, such as `NOT_LEADER_OR_FOLLOWER`; `NONE` where there is none. */
export type ErrorName = string

export function nameOfError(code: number): ErrorName {
  const names: { readonly [code: number]: ErrorName } = protocolErrorsCodesById
  return names[code] ?? `error ${code}`
}

/** The answer, also where it tells of errors: what each part of it says is looked at one by one. */
export async function answered<Response>(asked: Promise<Response>): Promise<Response> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof ResponseError && error.response) return error.response as Response
    throw error
  }
}

/** An answer that refuses. */
export class Refused extends Error {
  readonly reason: ErrorName

  constructor(what: string, reason: ErrorName) {
    super(`${what}: ${reason}`)
    this.reason = reason
  }
}

export function refuse(what: string, code: number): void {
  if (code !== 0) throw new Refused(what, nameOfError(code))
}

/** What stands at the bottom of an error of the client, in words. */
export function whyOf(error: unknown): string {
  if (error instanceof BrokerUnreachable || error instanceof Refused) return error.message
  if (error instanceof AggregateError && error.errors.length > 0) return whyOf(error.errors.at(-1))
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && !isLogin(error) ? whyOf(error.cause) : error.message
}

/** What lies below the refusal of a log-in is only how it was told. */
function isLogin(error: Error): boolean {
  return 'code' in error && error.code === 'PLT_KFK_AUTHENTICATION'
}
