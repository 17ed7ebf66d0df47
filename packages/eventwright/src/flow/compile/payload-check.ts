import { schemaChecks } from '@eventwright/core'
import type { Flow } from '../model/index.ts'

/** Throws `InvalidPayload` where a command's data is not what the flow file says. */
export type PayloadCheck = (command: string, data: unknown) => void

/** The check of every command of a flow; a schema is compiled when its command first comes. */
export function payloadCheck(flow: Flow): PayloadCheck {
  const checks = new Map(
    [...flow.commands.values()].map(({ name, payload, place }) => [
      name,
      schemaChecks(payload.schema, `${place.file}:${place.line}`).closed,
    ]),
  )
  return (command, data) => {
    checks.get(command)?.(data, command)
  }
}
