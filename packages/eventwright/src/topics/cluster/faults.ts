import { ClusterRefused, ClusterUnreachable } from './errors.ts'

/** What a broker answered: Kafka's name of the error and the broker's own words. */
export type BrokerError = { readonly id: string; readonly said?: string }

/** The broker's answers inside an error of the client, which wraps them in layers. */
export function brokerErrors(error: unknown, depth = 0): BrokerError[] {
  if (!(error instanceof Error) || depth > 8) return []
  const inner = error instanceof AggregateError ? error.errors : [error.cause]
  const own = 'apiId' in error && typeof error.apiId === 'string' ? [answerOf(error.apiId, error)] : []
  return [...own, ...inner.flatMap((each: unknown) => brokerErrors(each, depth + 1))]
}

function answerOf(id: string, error: Error): BrokerError {
  const said = 'serverErrorMessage' in error ? error.serverErrorMessage : undefined
  return typeof said === 'string' && said !== '' ? { id, said } : { id }
}

/** Whether a broker answered with that error. */
export function isAnswer(error: unknown, ...ids: readonly string[]): boolean {
  return brokerErrors(error).some(({ id }) => ids.includes(id))
}

/** An error of the client as one that says what, where, and how to mend it. */
export function explained(error: unknown, doing: string, brokers: readonly string[]): Error {
  if (error instanceof ClusterRefused || error instanceof ClusterUnreachable) return error
  const [answer] = brokerErrors(error)
  const cause = { cause: error }
  const reason = answer?.said ?? deepest(error)
  if (/AUTHENTICATION|SASL/.test(answer?.id ?? '') || /authentication|sasl/i.test(reason)) {
    const message = `${doing}: ${brokers.join(', ')} does not let us in: ${reason}. Check user, password and mechanism.`
    return new ClusterRefused(message, cause)
  }
  if (answer !== undefined && !CONNECTION.has(answer.id)) {
    return new ClusterRefused(
      `${doing}: the broker refuses: ${answer.said ?? sentence(answer.id)}${mend(answer.id)}`,
      cause,
    )
  }
  const message = `${doing}: ${brokers.join(', ')} cannot be reached: ${reason}. Check the address, that the broker runs, and whether it wants TLS or SASL (--config).`
  return new ClusterUnreachable(message, cause)
}

const CONNECTION = new Set(['REQUEST_TIMED_OUT', 'NETWORK_EXCEPTION', 'BROKER_NOT_AVAILABLE'])

function sentence(id: string): string {
  return id.toLowerCase().replaceAll('_', ' ')
}

function mend(id: string): string {
  if (!/AUTHORIZATION/.test(id)) return ''
  return '. The user lacks a right: DESCRIBE and DESCRIBE_CONFIGS to plan; CREATE, ALTER and ALTER_CONFIGS to apply.'
}

/** The innermost message: the layers around it only say that something failed. */
function deepest(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error)
  const inner: unknown = error instanceof AggregateError ? error.errors.at(-1) : error.cause
  if (inner instanceof Error && depth < 8) return deepest(inner, depth + 1)
  return error.message.replace(/\.$/, '')
}
