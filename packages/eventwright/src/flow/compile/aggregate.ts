import {
  type AggregateDefinition,
  type Catalog,
  type Command,
  type CommandAt,
  type Decision,
  reject,
} from '@eventwright/core'
import {
  type Aggregate,
  applyMapping,
  type Branch,
  type Flow,
  type Command as FlowCommand,
  type Json,
  type JsonObject,
  NONE,
  type Scope,
  type StateName,
} from '../model/index.ts'
import type { Decider } from './decide-file.ts'
import { type OnFault, reporting } from './faults.ts'
import type { PayloadCheck } from './payload-check.ts'
import { asObject } from './plain.ts'

/** What the state of a flow's aggregate is: the name of the state, and the fields of the events so far. */
export interface FlowState {
  readonly status: string
  readonly fields: JsonObject
}

/** What one aggregate is compiled with. */
export interface AggregateParts {
  readonly flow: Flow
  readonly catalog: Catalog
  readonly deciders: ReadonlyMap<string, Decider>
  readonly checkPayload: PayloadCheck
  readonly onFault: OnFault
}

/** An aggregate of the flow as the runtime's own aggregate: the same machinery that hand-written services use. */
export function compileAggregate(aggregate: Aggregate, parts: AggregateParts): AggregateDefinition {
  const commands = new Map(aggregate.commands.map((name) => [name, commandNamed(parts.flow, name)]))
  return {
    kind: 'aggregate',
    name: aggregate.name,
    catalog: parts.catalog,
    commands: aggregate.commands,
    initial: () => initialState(aggregate),
    // A `decide:` file is a person's code, which may change what it is given.
    ...(aggregate.commands.some((name) => parts.deciders.has(name)) ? {} : { states: 'immutable' }),
    check: (command) => parts.checkPayload(command.type, withId(aggregate, command)),
    decide: reporting(
      parts.onFault,
      (_state, { tenant }, _now) => tenant,
      (state, command, now) => {
        const decided = commands.get(command.type)
        if (!decided) throw new TypeError(`${aggregate.name} has no command ${command.type}`)
        return decide(decided, asState(state, aggregate), { ...command, now }, parts)
      },
    ),
    evolve: reporting(
      parts.onFault,
      (_state, { tenant }) => tenant,
      (state, event) => evolve(parts.flow, asState(state, aggregate), event.type, asObject(event.data)),
    ),
  }
}

function initialState(aggregate: Aggregate): FlowState {
  return { status: NONE, fields: aggregate.initial }
}

function decide(command: FlowCommand, state: FlowState, sent: CommandAt, parts: AggregateParts): Decision {
  const cmd = withId(parts.flow.aggregates.get(command.aggregate), sent)
  const scope: Scope = {
    cmd,
    state: state.fields,
    status: state.status,
    now: new Date(sent.now).toISOString(),
  }
  if (isIn(command.ignore.states, state.status) || command.ignore.when?.evaluate(scope) === true) return []
  if (!isIn(command.accepts, state.status)) return reject('WrongState', `${command.name} in ${state.status}`)
  const full = withLets(command, scope)
  for (const { refusal, condition } of command.requires) {
    if (condition.evaluate(full) !== true) return reject(refusal)
  }
  const decider = parts.deciders.get(command.name)
  if (decider) return decider({ ...state.fields, status: state.status }, cmd)
  return emit(command.branches, full)
}

/** Services written by hand say the id once, beside the data; in a flow it is a field of every message. */
function withId(aggregate: Aggregate | undefined, { id, data }: Command): JsonObject {
  return aggregate === undefined ? asObject(data) : { [aggregate.id.name]: id, ...asObject(data) }
}

function withLets(command: FlowCommand, scope: Scope): Scope {
  const full: Record<string, Json | undefined> = { ...scope }
  for (const { name, value } of command.lets) full[name] = value.evaluate(full)
  return full
}

function emit(branches: readonly Branch[], scope: Scope): Decision {
  const branch = branches.find(({ when }) => when === undefined || when.evaluate(scope) === true)
  return (branch?.events ?? []).map(({ event, data }) => ({ type: event, data: applyMapping(data, scope) }))
}

function evolve(flow: Flow, state: FlowState, type: string, data: JsonObject): FlowState {
  const event = flow.events.get(type)
  if (!event) return state
  const changed = applyMapping(event.evolve, { event: data, state: state.fields, status: state.status })
  return { status: event.to?.name ?? state.status, fields: { ...state.fields, ...changed } }
}

function commandNamed(flow: Flow, name: string): FlowCommand {
  const command = flow.commands.get(name)
  if (!command) throw new TypeError(`the flow has no command ${name}`)
  return command
}

function isIn(states: readonly StateName[], status: string): boolean {
  return states.some(({ name }) => name === status)
}

function asState(state: unknown, aggregate: Aggregate): FlowState {
  if (typeof state !== 'object' || state === null) return initialState(aggregate)
  return 'status' in state && typeof state.status === 'string' && 'fields' in state
    ? { status: state.status, fields: asObject(state.fields) }
    : initialState(aggregate)
}
