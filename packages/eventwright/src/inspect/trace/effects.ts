import { type RecordedEvent, streamOf } from '@eventwright/core'
import { commandKey, type Draft, type Drafts, placeBelow } from './draft.ts'
import { fieldsOf, textIn } from './json-object.ts'
import { conversationOf, type Found } from './sources.ts'

/** The event's node, below the command or event that caused it. */
export function eventDraft(drafts: Drafts, { service, event }: Found): Draft {
  const known = drafts.events.get(event.id)
  if (known !== undefined) return known
  const { id, type, tenant, stream, version, position, recordedAt, data, metadata } = event
  const draft: Draft = {
    kind: 'event',
    name: type,
    id,
    ...(service === undefined ? {} : { service }),
    tenant,
    stream,
    version,
    position,
    at: recordedAt,
    ...elsewhere(drafts, event),
    data,
    caused: [],
  }
  drafts.events.set(id, draft)
  if (metadata.commandId !== undefined) decided(drafts, metadata.commandId, draft, event)
  return draft
}

function decided(drafts: Drafts, commandId: string, effect: Draft, event: RecordedEvent): void {
  const command = commandDraft(drafts, event.tenant, commandId)
  command.stream ??= event.stream
  command.outcome ??= 'events'
  if (effect.service !== undefined) command.service ??= effect.service
  if (effect.conversation !== undefined) command.conversation ??= effect.conversation
  answeredAt(drafts, command, event.recordedAt)
  placeBelow(drafts, command, effect)
}

/** Events that no command caused may name an event that did. */
export function placeByCause(drafts: Drafts, { event }: Found): void {
  const { causationId } = event.metadata
  const effect = drafts.events.get(event.id)
  const cause = causationId === undefined ? undefined : drafts.events.get(causationId)
  if (effect !== undefined && cause !== undefined) placeBelow(drafts, cause, effect)
}

/** The command's node; nothing is known of it yet but its id. */
export function commandDraft(drafts: Drafts, tenant: string, commandId: string): Draft {
  const key = commandKey(tenant, commandId)
  const known = drafts.commands.get(key)
  if (known !== undefined) return known
  const draft: Draft = { kind: 'command', name: '', id: commandId, tenant, caused: [] }
  drafts.commands.set(key, draft)
  return draft
}

/** What `CommandHandled` says of a command. */
export function readAnswer(drafts: Drafts, { service, event }: Found): void {
  const fields = fieldsOf(event.data)
  const [id, type, aggregate, target] = ['commandId', 'type', 'aggregate', 'id'].map((name) =>
    textIn(fields, name),
  )
  if (id === undefined) return
  const command = commandDraft(drafts, event.tenant, id)
  if (type !== undefined) command.name = type
  if (service !== undefined) command.service = service
  if (aggregate !== undefined && target !== undefined) command.stream = streamOf(aggregate, target)
  command.outcome = textIn(fields, 'outcome') ?? 'events'
  const refusal = textIn(fields, 'refusal')
  if (refusal !== undefined) command.why = refusal
  answeredAt(drafts, command, event.recordedAt)
  Object.assign(command, elsewhere(drafts, event))
}

function answeredAt({ answered }: Drafts, command: Draft, time: number): void {
  answered.set(command, Math.min(answered.get(command) ?? time, time))
}

function elsewhere({ correlationId }: Drafts, event: RecordedEvent): Pick<Draft, 'conversation'> {
  const conversation = conversationOf(event)
  return conversation === correlationId ? {} : { conversation }
}
