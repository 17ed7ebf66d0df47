import type {
  Aggregate,
  Branch,
  Command,
  Emission,
  Expression,
  FieldType,
  Let,
  Payload,
  Requirement,
} from '../model/index.ts'
import type { BranchShell, CommandShell } from './command-shell.ts'
import { readCondition, readExpression } from './expressions.ts'
import { type Copied, readMapping } from './mapping.ts'
import { objectOf, type Reading, text } from './reading.ts'
import { at, type Entry, entriesOf, itemsOf } from './tree.ts'

/** Compiles the expressions and mappings of a command. */
export function readCommand(
  shell: CommandShell,
  aggregate: Aggregate,
  state: { accepted: FieldType; anywhere: FieldType },
  reading: Reading,
): Command {
  const { entry, owner } = shell
  const payload = reading.types.payload(entry.value, entry.place, aggregate.id)
  const base = variablesOf(payload, state.accepted)
  const { lets, variables } = readLets(entry, base, reading)
  const requires = readRequires(entry, variables, reading)
  const branches = shell.branches.map((branch) => finishBranch(branch, variables, lets, reading))
  const when =
    shell.ignoreWhen === undefined
      ? undefined
      : readCondition(shell.ignoreWhen, { variables: variablesOf(payload, state.anywhere) }, reading.report)
  const by = at(entry.value, 'by')
  const refuse = itemsOf(at(entry.value, 'refuse')).map(text)
  return {
    name: shell.name,
    aggregate: aggregate.name,
    service: owner.service,
    place: entry.place,
    payload,
    accepts: shell.accepts,
    ignore: when === undefined ? { states: shell.ignoreStates } : { states: shell.ignoreStates, when },
    requires,
    lets,
    branches,
    emits: shell.emits,
    refuses: [...new Set([...requires.map((r) => r.refusal), ...refuse])],
    ...(by === undefined ? {} : { by: text(by) }),
    ...(shell.decide === undefined ? {} : { decide: shell.decide }),
    ...(at(entry.value, 'late') === undefined ? {} : { late: 'refuse' as const }),
  }
}

function variablesOf(payload: Payload, state: FieldType): Map<string, FieldType> {
  return new Map<string, FieldType>([
    ['cmd', objectOf(payload.fields)],
    ['state', state],
    ['status', { kind: 'string' }],
    ['now', { kind: 'timestamp' }],
  ])
}

function readLets(
  entry: Entry,
  base: ReadonlyMap<string, FieldType>,
  reading: Reading,
): { lets: Let[]; variables: ReadonlyMap<string, FieldType> } {
  let variables = base
  const lets = entriesOf(at(entry.value, 'let')).flatMap((written) => {
    if (base.has(written.key)) {
      reading.report('bad-name', written.place, `\`${written.key}\` is taken here.`, 'Choose another name.')
      return []
    }
    const read = readExpression(written.value, { variables }, reading.report)
    // Unknown, it is still a name, so that its uses are not reported as well.
    variables = new Map(variables).set(written.key, read?.fieldType ?? { kind: 'any' })
    return read === undefined ? [] : [{ name: written.key, value: read.expression, place: written.place }]
  })
  return { lets, variables }
}

function readRequires(
  entry: Entry,
  variables: ReadonlyMap<string, FieldType>,
  reading: Reading,
): Requirement[] {
  return entriesOf(at(entry.value, 'require')).flatMap((written) => {
    const condition = readCondition(written.value, { variables }, reading.report)
    return condition === undefined ? [] : [{ refusal: written.key, condition, place: written.place }]
  })
}

function finishBranch(
  branch: BranchShell,
  variables: ReadonlyMap<string, FieldType>,
  lets: readonly Let[],
  reading: Reading,
): Branch {
  const copied: Copied[] = lets.map((l) => ({
    variable: l.name,
    type: variables.get(l.name) ?? { kind: 'any' },
    whole: true,
  }))
  const cmd = variables.get('cmd')
  if (cmd !== undefined) copied.push({ variable: 'cmd', type: cmd })
  const payloads = branch.events.map((e) => reading.events.get(e.event)?.payload.fields ?? [])
  const all = new Set(payloads.flat().map((f) => f.name))
  const events = branch.events.map((shell, index): Emission => {
    const fields = payloads[index] ?? []
    const written = [
      ...shell.beside.filter((b) => !shell.written.some((w) => w.key === b.key)),
      ...shell.written,
    ]
    const elsewhere = new Set(shell.beside.map((b) => b.key).filter((key) => all.has(key)))
    const data = readMapping(
      {
        target: `the event ${shell.event}`,
        fields,
        place: shell.place,
        written,
        scope: { variables },
        copied,
        elsewhere,
      },
      reading.report,
    )
    return { event: shell.event, data, place: shell.place }
  })
  const when: Expression | undefined =
    branch.when === undefined ? undefined : readCondition(branch.when, { variables }, reading.report)
  return when === undefined ? { events, place: branch.place } : { when, events, place: branch.place }
}
