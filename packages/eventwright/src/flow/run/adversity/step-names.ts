import { fromCloudEvent, type Message } from '@eventwright/core'

/** What happens at a place (a topic, a consumer group) with a message, a command. */
export interface Step {
  readonly place: string
  readonly type: string
  readonly key: string
  /** What tells it from the next one of its kind, in one run. */
  readonly id: string
}

/**
 * Gives steps names that are alike in each run of a scenario: `shop.orders/OrderPlaced/o-1#1` is the place, the type,
 * the key, and which of these it is. Ids are drawn anew in each run; what comes again keeps its name.
 */
export function stepNames(): (step: Step) => string {
  const named = new Map<string, string>()
  const counts = new Map<string, number>()
  return ({ id, ...kind }) => {
    const identity = JSON.stringify([kind.place, id])
    const known = named.get(identity)
    if (known !== undefined) return known
    // What would end a step's name in a list of them is escaped.
    const parts = [kind.place, kind.type, kind.key].map((part) =>
      part.replaceAll(/[,/#%\s]/g, encodeURIComponent),
    )
    const common = parts.join('/')
    const count = (counts.get(common) ?? 0) + 1
    counts.set(common, count)
    const name = `${common}#${count}`
    named.set(identity, name)
    return name
  }
}

/** A message at a place. */
export function messageAt(place: string, message: Message): Step {
  return { place, type: typeOf(message), key: message.key ?? '', id: message.id }
}

function typeOf({ value }: Message): string {
  try {
    return fromCloudEvent(value).event.type
  } catch {
    return commandType(value)
  }
}

// Whatever it is: a service written by hand may publish what is neither an event nor a command.
function commandType(value: string): string {
  try {
    const parsed: unknown = JSON.parse(value)
    const named = typeof parsed === 'object' && parsed !== null && 'type' in parsed
    return named ? String(parsed.type) : 'message'
  } catch {
    return 'message'
  }
}
