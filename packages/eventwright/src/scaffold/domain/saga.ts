import type {
  FieldType,
  Flow,
  NamedEvent,
  Retry,
  Saga,
  SagaNode,
  Send,
  Step,
  Timeout,
} from '../../flow/index.ts'
import { GENERATED } from './aggregate.ts'
import { print, type Scope, type Variable } from './cel/index.ts'
import { durationText } from './duration.ts'
import { properties, sourceText } from './mapping.ts'
import { createModule, type Module } from './module.ts'
import { identifier, keyOf, mentions } from './names.ts'
import { answerVariable, FAILURE } from './saga-variables.ts'
import type { TypeWriter } from './types.ts'

/** What a saga's file is written with. */
interface SagaSource {
  readonly saga: Saga
  readonly flow: Flow
  readonly module: Module
  readonly types: TypeWriter
  /** Where an aggregate is imported from. */
  readonly moduleOf: (aggregate: string) => string
  /** Names of steps and groups so far. */
  readonly named: Set<string>
}

/** What the functions of one place see: the steps answered before, and whether there is an item or a failure. */
interface Place {
  readonly answered: ReadonlyMap<string, Step>
  readonly item?: FieldType
  readonly failure?: boolean
}

/** `src/domain/SAGA.ts`. */
export function sagaFile(
  saga: Saga,
  flow: Flow,
  types: TypeWriter,
  about: { readonly catalog: string; readonly moduleOf: (aggregate: string) => string },
): string {
  const module = createModule()
  const name = module.names.declare(saga.name)
  const catalog = module.names.import(`${GENERATED}/events.ts`, about.catalog)
  const named = new Set(stepsIn(saga.nodes).map((step) => step.name))
  const source: SagaSource = { saga, flow, module, types, moduleOf: about.moduleOf, named }
  const { text, place } = nodesText(saga.nodes, source, { answered: new Map() })
  const start: Place = { answered: new Map(), failure: true }
  const options = [
    `key: ${keyText(source)}`,
    ...(saga.cancel.length === 0 ? [] : [`cancel: ${namesText(saga.cancel)}`]),
    `steps: ${text}`,
    ...(saga.completed ? [`completed: ${sendText(saga.completed, source, place)}`] : []),
    ...(saga.compensated ? [`compensated: ${sendText(saga.compensated, source, start)}`] : []),
  ]
  return module.text(
    `export const ${name} = ${catalog}.saga(${JSON.stringify(saga.name)}, ${JSON.stringify(saga.start)}, { ${options.join(',\n')} })${answeredText(module)}`,
  )
}

function answeredText(module: Module): string {
  if (!module.names.taken.has('answered')) return ''
  const events = module.names.import(`${GENERATED}/events.ts`, 'Events', 'type')
  return `\n\n/** What a step was answered with. */
function answered<Type extends keyof ${events}>(
  answer: { readonly type: string; readonly data: unknown } | undefined,
  ...types: readonly Type[]
): ${events}[Type] {
  if (!types.some((type) => type === answer?.type)) throw new TypeError(\`no \${types.join(' or ')} has come\`)
  return answer?.data as ${events}[Type]
}`
}

/** The key's field where all events that have it call it the same, else which field it is in each. */
function keyText({ saga, flow }: SagaSource): string {
  const fields = [...saga.key.fields]
  const names = new Set(fields.map(([, field]) => field))
  const [only] = names
  const others = saga.hears.filter((event) => !saga.key.fields.has(event))
  const has = (event: string): boolean =>
    flow.events.get(event)?.payload.fields.some(({ name }) => name === only) ?? false
  if (only !== undefined && names.size === 1 && !others.some(has)) return JSON.stringify(only)
  const keyed = fields.map(([event, field]) => `${event}: ${JSON.stringify(field)}`)
  return `{ ${keyed.join(', ')} }`
}

function nodesText(
  nodes: readonly SagaNode[],
  source: SagaSource,
  place: Place,
): { readonly text: string; readonly place: Place } {
  let answered = place.answered
  const entries = nodes.map((node) => {
    const text = nodeText(node, source, { ...place, answered })
    answered = new Map([...answered, ...stepsVisible(node).map((step) => [step.name, step] as const)])
    return text
  })
  return { text: `{ ${entries.join(',\n')} }`, place: { ...place, answered } }
}

/** The steps whose answers what follows can see: those of a loop are seen in their own round only. */
function stepsVisible(node: SagaNode): readonly Step[] {
  if (node.kind === 'step') return [node]
  return node.kind === 'parallel' ? node.nodes.flatMap(stepsVisible) : []
}

function stepsIn(nodes: readonly SagaNode[]): readonly Step[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'step') return [node]
    return node.kind === 'wait' ? [] : stepsIn(node.nodes)
  })
}

function nodeText(node: SagaNode, source: SagaSource, place: Place): string {
  const { names } = source.module
  switch (node.kind) {
    case 'step':
      return `${keyOf(node.name)}: ${stepText(node, source, place)}`
    case 'wait': {
      const wait = names.import('@eventwright/core', 'wait')
      return `${keyOf(freeName(node.name, source))}: ${wait}(${durationText(node.ms)})`
    }
    case 'parallel': {
      const parallel = names.import('@eventwright/core', 'parallel')
      const name = freeName('together', source)
      // Branches start at once, so none of them sees the answer of another.
      const branches = node.nodes.map((branch) => nodeText(branch, source, place))
      return `${keyOf(name)}: ${parallel}({ ${branches.join(',\n')} })`
    }
    case 'each':
      return eachText(node, source, place)
  }
}

function eachText(node: SagaNode & { kind: 'each' }, source: SagaSource, place: Place): string {
  const { list } = node
  const each = source.module.names.import('@eventwright/core', 'each')
  const args: unknown = list.ast.op === '.' && Array.isArray(list.ast.args) ? list.ast.args[1] : 'each'
  const name = freeName(String(args), source)
  const { scope, finish } = callback(source, place)
  const items = print(list.ast, scope).text
  const type = list.ast.op === '.' ? itemType(list.ast, scope) : listElement(list.type)
  const untyped = type === undefined
  if (untyped) scope.uses.add('list')
  const element: FieldType = type ?? { kind: 'any' }
  const { text } = nodesText(node.nodes, source, { ...place, item: element })
  return `${keyOf(name)}: ${each}(${finish(untyped ? `list(${items})` : items)}, ${text})`
}

function itemType(node: { readonly args: unknown }, scope: Scope): FieldType | undefined {
  const [object, field] = Array.isArray(node.args) ? node.args : []
  const variable = scope.variables.get(String(object?.args))
  const fields = variable?.type.kind === 'object' ? variable.type.fields : []
  const type = fields.find(({ name }) => name === field)?.type
  return type?.kind === 'list' ? type.element : undefined
}

function listElement(celType: string): FieldType | undefined {
  const inner = /^list<(.*)>$/.exec(celType)?.[1]
  const kind = (['string', 'int', 'double', 'bool'] as const).find((one) => one === inner)
  return kind === undefined ? undefined : { kind }
}

function freeName(name: string, { named }: SagaSource): string {
  let free = name
  for (let count = 2; named.has(free); count++) free = `${name}${count}`
  named.add(free)
  return free
}

function stepText(step: Step, source: SagaSource, place: Place): string {
  const { send, compensate, done, fail, timeout, retry } = step
  const failing = { ...place, failure: true }
  const options = [
    ...(send ? [`do: ${sendText(send, source, place)}`] : []),
    ...(typeof compensate === 'object' ? [`undo: ${sendText(compensate, source, failing)}`] : []),
    `done: ${namesText(done)}`,
    ...(fail.length === 0 ? [] : [`failed: ${namesText(fail)}`]),
    ...(timeout ? [`timeout: ${timeoutText(timeout, source, place)}`] : []),
    ...(retry ? [`retry: ${retryText(retry)}`] : []),
  ]
  return `{ ${options.join(', ')} }`
}

function namesText(events: readonly NamedEvent[]): string {
  const names = events.map(({ event }) => JSON.stringify(event))
  return names.length === 1 ? (names[0] ?? '') : `[${names.join(', ')}]`
}

function timeoutText({ ms, then }: Timeout, source: SagaSource, place: Place): string {
  const after = durationText(ms)
  if (then === 'compensate') return after
  return `{ after: ${after}, then: ${typeof then === 'object' ? sendText(then, source, place) : `'${then}'`} }`
}

function retryText({ times, backoffMs }: Retry): string {
  const shown = times === 'forever' ? "'forever'" : String(times)
  if (backoffMs === 1000) return times === 'forever' ? shown : `{ times: ${shown} }`
  return `{ times: ${shown}, backoff: ${durationText(backoffMs)} }`
}

/** `({ key, data }) => Payment.RequestPayment(key, { amount: data.total })`. */
function sendText(send: Send, source: SagaSource, place: Place): string {
  const { flow, module, types, saga } = source
  const command = flow.commands.get(send.command)
  const aggregate = flow.aggregates.get(command?.aggregate ?? '')
  if (command === undefined || aggregate === undefined) return 'undefined'
  const { scope, finish } = callback(source, place)
  const own = command.payload.fields.filter(({ name }) => name !== aggregate.id.name)
  const data = properties(
    send.data.filter(({ field }) => field !== aggregate.id.name),
    scope,
    { fields: own, typeText: (field) => types.ofField(field, module.names, `${GENERATED}/types.ts`) },
  )
  const creator = module.names.import(source.moduleOf(aggregate.name), identifier(aggregate.name))
  const given = data.length === 0 ? '' : `, { ${data.join(', ')} }`
  return finish(`${creator}.${send.command}(${idText(send, saga, scope)}${given})`)
}

function idText({ id }: Send, saga: Saga, scope: Scope): string {
  const ofStart = saga.key.fields.get(saga.start)
  if (id.from === 'field' && id.variable === 'start' && id.field === ofStart) return 'key'
  const { text, absent, type } = sourceText(id, scope)
  if (absent) scope.uses.add('present')
  const sure = absent ? `present(${text})` : text
  return type === undefined || type.kind === 'string' || type.kind === 'enum' ? sure : `String(${sure})`
}

/** A function of the saga: what it sees, and its text around a result. */
function callback(source: SagaSource, place: Place): { scope: Scope; finish: (result: string) => string } {
  const { flow, saga, module } = source
  const start = flow.events.get(saga.start)
  const variables = new Map<string, Variable>([
    ['start', { code: 'data', type: { kind: 'object', fields: start?.payload.fields ?? [], open: false } }],
  ])
  const taken = [...module.names.taken, 'key', 'data', 'item', 'index', 'failure', 'answers']
  for (const step of place.answered.values()) {
    const code = identifier(step.name, taken)
    taken.push(code)
    variables.set(step.name, answerVariable(step, flow, code))
  }
  if (place.item) {
    variables.set('item', { code: 'item', type: place.item })
    variables.set('index', { code: 'index', type: { kind: 'int' } })
  }
  if (place.failure) variables.set('failure', FAILURE)
  const scope = module.scope(variables)
  const finish = (result: string): string => {
    const constants = [...place.answered.values()].flatMap((step) => {
      const code = variables.get(step.name)?.code ?? step.name
      if (!mentions(result, code)) return []
      if (!module.names.taken.has('answered')) module.names.declare('answered')
      const types = step.done.map(({ event }) => JSON.stringify(event)).join(', ')
      return [`const ${code} = answered(answers${propertyText(step.name)}, ${types})`]
    })
    const text = constants.length === 0 ? result : `{ ${constants.join('\n')}\nreturn ${result} }`
    const used = ['key', 'data', 'answers', 'item', 'index', 'failure'].filter((word) => mentions(text, word))
    const shown = text.startsWith('{') && constants.length === 0 ? `(${text})` : text
    return `(${used.length === 0 ? '' : `{ ${used.join(', ')} }`}) => ${shown}`
  }
  return { scope, finish }
}

function propertyText(name: string): string {
  return `.${name}`
}
