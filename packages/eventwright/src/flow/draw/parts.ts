import type { Flow } from '../model/index.ts'
import { OUTSIDE } from './ids.ts'

/** Who takes part in a scenario. */
export interface Part {
  readonly kind: 'actor' | 'service' | 'saga'
  readonly name: string
}

/** Who outside sends a command. */
export function actorOf(flow: Flow, command: string): Part {
  return { kind: 'actor', name: flow.commands.get(command)?.by ?? OUTSIDE }
}

/** The service that decides a command. */
export function decidedBy(flow: Flow, command: string): Part {
  return { kind: 'service', name: flow.commands.get(command)?.service ?? '' }
}

/** The service that an event happens in. */
export function happensIn(flow: Flow, event: string): Part {
  return { kind: 'service', name: flow.events.get(event)?.service ?? '' }
}

/** A saga. */
export function sagaPart(name: string): Part {
  return { kind: 'saga', name }
}
