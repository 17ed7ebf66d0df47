import { stringify } from 'yaml'
import { printable, printableLines } from '../findings/index.ts'
import { type Change, type Changes, isSaga, type StateAt, type Taken, timeText } from '../inspect/index.ts'
import { paint } from './style.ts'
import { table } from './table.ts'
import { valueText } from './value-text.ts'

/** A state as it is printed: where it stands, then the state as YAML. */
export function stateText(stream: string, { version, of, last, state }: StateAt): string {
  const after = last === undefined ? 'before its first event' : `after ${takenText(last)}`
  return `${paint('bold', printable(stream))} at version ${version} of ${of}, ${after}\n\n${yamlText(isSaga(stream) ? withTimes(state) : state)}`
}

/** What changed, one line a field. */
export function changesText(stream: string, { from, to, of, changes }: Changes): string {
  const head = `${paint('bold', printable(stream))} from version ${from} to ${to} of ${of}\n\n`
  return changes.length === 0
    ? `${head}Nothing changed.\n`
    : head + table(changes.map((change) => rowOf(isSaga(stream) ? timesIn(change) : change)))
}

function rowOf(change: Change): readonly string[] {
  const { path, before, after, by, times } = change
  const often = times === 1 ? '' : `, the last of ${times} that changed it`
  return [
    printable(path === '' ? 'the state' : path),
    `${valueText(before)} -> ${valueText(after)}`,
    `${takenText(by)}${often}`,
  ]
}

/** What a saga waits until is read as a time; an aggregate's `due` may be anything. */
function withTimes(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state), (name, value) => (name === 'due' ? dueText(value) : value))
}

function timesIn(change: Change): Change {
  if (!change.path.endsWith('.due')) return change
  return { ...change, before: dueText(change.before), after: dueText(change.after) }
}

function dueText(due: unknown): unknown {
  return typeof due === 'number' ? timeText(due) : due
}

function takenText({ type, version, position, recordedAt }: Taken): string {
  return `${printable(type)} (version ${version}, position ${position}, ${timeText(recordedAt)})`
}

function yamlText(state: unknown): string {
  return printableLines(stringify(state, { lineWidth: 0 }))
}
