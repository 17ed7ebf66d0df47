/** What a command is sent for. `timeout` is the one of `timeout: { then: COMMAND }`. */
export type CommandRole = 'do' | 'undo' | 'timeout' | 'completed' | 'compensated'

/** One part of an id: whatever a name holds, `/` and `:` only stand between parts. */
export function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** The stream that holds a saga's state, and that its commands carry as `saga`. */
export function sagaStream(saga: string, key: string): string {
  return `saga:${saga}-${key}`
}

/** The owner of its timers and the name of its consumer group. */
export function sagaOwner(saga: string): string {
  return `saga:${saga}`
}

/** What ordinals count: the commands of one role of steps of one name, over loops and retries. */
export function commandLabel(step: string, role: CommandRole): string {
  return role === 'do' ? encodePart(step) : `${encodePart(step)}:${role}`
}

/** `SAGA/KEY/RUN/STEP/ORDINAL`: says whose command it is without an index. */
export function commandId(saga: string, key: string, run: number, label: string, ordinal: number): string {
  return `${encodePart(saga)}/${encodePart(key)}/${run}/${label}/${ordinal}`
}

/** The last part of a saga's command id. */
export function ordinalOf(id: string): number {
  return Number(id.slice(id.lastIndexOf('/') + 1))
}

/** What a command id of this saga says; `undefined` for any other id. */
export function ownCommand(saga: string, id: string | undefined): OwnCommand | undefined {
  const prefix = `${encodePart(saga)}/`
  if (id === undefined || !id.startsWith(prefix)) return undefined
  const [part, run, label, ordinal, ...rest] = id.slice(prefix.length).split('/')
  if (part === undefined || label === undefined || rest.length > 0) return undefined
  if (!isCount(run) || !isCount(ordinal)) return undefined
  const key = decodePart(part)
  return key === undefined ? undefined : { key, run: Number(run), label, ordinal: Number(ordinal) }
}

export interface OwnCommand {
  readonly key: string
  readonly run: number
  readonly label: string
  readonly ordinal: number
}

function isCount(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,15}$/.test(text)
}

// An id from outside may hold a stray `%`.
function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
