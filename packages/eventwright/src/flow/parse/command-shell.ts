import { dirname, resolve } from 'node:path'
import { type DecideFile, NONE, type Place, type StateName } from '../model/index.ts'
import { suggestion } from './nearest.ts'
import { type Reading, text } from './reading.ts'
import { at, type Entry, entriesOf, itemsOf, type Tree } from './tree.ts'

type Owner = {
  readonly service: string
  readonly aggregate: string
  readonly states: readonly StateName[]
  readonly final: readonly StateName[]
  readonly events: readonly string[]
}
type EmissionShell = {
  readonly event: string
  readonly place: Place
  readonly written: readonly Entry[]
  readonly beside: readonly Entry[]
}
/** A branch as written. */
export type BranchShell = {
  readonly when?: Tree
  readonly events: readonly EmissionShell[]
  readonly place: Place
}

/** A command with its names found, before its expressions are compiled: those need the states of all commands. */
export type CommandShell = {
  readonly name: string
  readonly entry: Entry
  readonly owner: Owner
  readonly accepts: readonly StateName[]
  readonly ignoreStates: readonly StateName[]
  readonly ignoreWhen?: Tree
  readonly branches: readonly BranchShell[]
  readonly decide?: DecideFile
  readonly emits: readonly string[]
}

/** Reads names and states of a command. */
export function readShell(entry: Entry, owner: Owner, reading: Reading): CommandShell {
  const decide = readDecide(entry, reading)
  const emitTree = at(entry.value, 'emit')
  const written = decide === undefined ? branchTrees(entry) : []
  const branches = written.map((tree) => readBranch(tree, owner, reading))
  checkBranches(entry, branches, decide !== undefined, reading)
  const emits =
    decide === undefined
      ? branches.flatMap((b) => b.events.map((e) => e.event))
      : itemsOf(emitTree)
          .flatMap((item) => emissionOf(item, [], owner, reading))
          .map((e) => e.event)
  const { states, when } = readIgnore(entry, owner, reading)
  const base = {
    name: entry.key,
    entry,
    owner,
    accepts: readAccepts(entry, owner, reading),
    ignoreStates: states,
    branches,
    emits: [...new Set(emits)],
  }
  return {
    ...base,
    ...(when === undefined ? {} : { ignoreWhen: when }),
    ...(decide === undefined ? {} : { decide }),
  }
}

function branchTrees(entry: Entry): readonly Tree[] {
  const choose = at(entry.value, 'choose')
  if (choose !== undefined) return itemsOf(choose)
  return at(entry.value, 'emit') === undefined ? [] : [entry.value]
}

function readBranch(tree: Tree, owner: Owner, reading: Reading): BranchShell {
  const when = at(tree, 'when')
  const emit = at(tree, 'emit')
  const beside = entriesOf(at(tree, 'with'))
  const events = itemsOf(emit).flatMap((item) => emissionOf(item, beside, owner, reading))
  const place = emit?.place ?? tree.place
  return when === undefined ? { events, place } : { when, events, place }
}

function emissionOf(item: Tree, beside: readonly Entry[], owner: Owner, reading: Reading): EmissionShell[] {
  const named = item.kind === 'map' ? at(item, 'event') : item
  const event = text(named)
  const place = named?.place ?? item.place
  if (owner.events.includes(event)) return [{ event, place, written: entriesOf(at(item, 'with')), beside }]
  const mend = suggestion(event, owner.events)
  if (reading.events.has(event))
    reading.report('foreign-event', place, `\`${event}\` is no event of \`${owner.aggregate}\`.`, mend)
  else reading.report('unknown-event', place, `\`${owner.aggregate}\` has no event \`${event}\`.`, mend)
  return []
}

function checkBranches(
  entry: Entry,
  branches: readonly BranchShell[],
  decided: boolean,
  reading: Reading,
): void {
  const { report } = reading
  if (decided) {
    const choose = entriesOf(entry.value).find((e) => e.key === 'choose')
    if (choose !== undefined)
      report('wrong-shape', choose.place, '`decide` stands in place of `choose`.', 'Remove one of the two.')
    return
  }
  if (branches.length === 0) {
    report(
      'missing-key',
      entry.place,
      `The command \`${entry.key}\` has no \`emit\`, \`choose\` or \`decide\`.`,
      'Say what it emits; `emit: []` says that nothing happens.',
    )
    return
  }
  branches.forEach((branch, index) => {
    const last = index === branches.length - 1
    if (!last && branch.when === undefined)
      report(
        'branch-unreachable',
        branch.place,
        'No branch below this one is ever reached.',
        'Give it a `when`, or move it to the end.',
      )
    if (last && branch.when !== undefined)
      report(
        'branch-unreachable',
        branch.when.place,
        'If no branch matches, nothing is said.',
        'Add a last branch without `when`; `{ emit: [] }` says that nothing happens.',
      )
  })
}

function readAccepts(entry: Entry, owner: Owner, reading: Reading): StateName[] {
  return itemsOf(at(entry.value, 'in')).flatMap((item) => {
    const name = text(item)
    if (!knownState(name, owner)) {
      reading.report(
        'unknown-state',
        item.place,
        `No event of \`${owner.aggregate}\` leads to \`${name}\`.`,
        suggestion(name, [NONE, ...owner.states.map((s) => s.name)]),
      )
      return []
    }
    if (owner.final.some((f) => f.name === name)) {
      reading.report(
        'final-state-with-command',
        item.place,
        `\`${entry.key}\` is accepted in \`${name}\`, which is final.`,
        `Move it to \`ignore: ${name}\`, or take \`${name}\` out of \`final\`.`,
      )
      return []
    }
    return [{ name, place: item.place }]
  })
}

function readIgnore(entry: Entry, owner: Owner, reading: Reading): { states: StateName[]; when?: Tree } {
  const tree = at(entry.value, 'ignore')
  const items = itemsOf(tree)
  const words = items.every(
    (item) => /^[a-z][A-Za-z0-9_]*$/.test(text(item)) && !['true', 'false'].includes(text(item)),
  )
  if (tree !== undefined && tree.kind === 'scalar' && !words) return { states: [], when: tree }
  const states = items.flatMap((item) => {
    const name = text(item)
    if (knownState(name, owner)) return [{ name, place: item.place }]
    reading.report(
      'unknown-state',
      item.place,
      `No event of \`${owner.aggregate}\` leads to \`${name}\`.`,
      suggestion(name, [NONE, ...owner.states.map((s) => s.name)]),
    )
    return []
  })
  return { states }
}

function knownState(name: string, owner: Owner): boolean {
  return name === NONE || owner.states.some((s) => s.name === name)
}

function readDecide(entry: Entry, reading: Reading): DecideFile | undefined {
  const tree = at(entry.value, 'decide')
  if (tree === undefined) return undefined
  const match = /^(.+)#([A-Za-z_$][\w$]*)$/.exec(text(tree))
  if (match?.[1] === undefined || match[2] === undefined) {
    reading.report(
      'wrong-shape',
      tree.place,
      '`decide` names a file and a function.',
      'Write `decide: ./file.ts#name`.',
    )
    return undefined
  }
  return { path: resolve(dirname(tree.place.file), match[1]), exportName: match[2], place: tree.place }
}
