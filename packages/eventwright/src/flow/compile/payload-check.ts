import { createCatalog } from '@eventwright/core'
import type { Flow } from '../model/index.ts'

/** Throws `InvalidPayload` where a command's data is not what the flow file says. */
export type PayloadCheck = (command: string, data: unknown) => void

/**
 * The check of every command of a flow. All schemas share one catalog, since what costs most is the first schema
 * of a catalog; each is compiled when its command first comes.
 */
export function payloadCheck(flow: Flow): PayloadCheck {
  const commands = createCatalog({
    namespace: flow.namespace,
    schemas: Object.fromEntries(
      [...flow.commands.values()].map(({ name, payload }) => [name, payload.schema]),
    ),
  })
  return (type, data) => {
    commands.prepare({ type, data })
  }
}
