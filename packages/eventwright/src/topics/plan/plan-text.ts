import type { styleText } from 'node:util'
import { readable, topicConfig } from '../kafka/index.ts'
import type { Plan, SettingChange, TopicChange } from './plan.ts'

type Style = Parameters<typeof styleText>[0]
/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string

const SIGNS = { create: '+', change: '~', delete: '-' } as const
const STYLES = { create: 'green', change: 'yellow', delete: 'red' } as const
const WORDS = { create: 'is created', change: 'changes', delete: 'is DELETED with all its messages' } as const

/** A plan as a person reads it, ending in a summary line. */
export function planText(plan: Plan, paint: Paint = (_, text) => text): string {
  const title = `${plan.environment ? `${plan.environment}: ` : ''}cluster ${plan.cluster}, ${count(plan.brokers, 'broker')}`
  const blocks = plan.changes.map((change) => block(change, paint))
  return [title, '', ...blocks, ...leftAlone(plan, paint), summary(plan), ''].join('\n')
}

function block(change: TopicChange, paint: Paint): string {
  const head = paint(STYLES[change.action], `${SIGNS[change.action]} ${change.topic}`)
  const use = change.use ? ` (${change.use})` : ''
  const rows = [...counts(change), ...change.settings.map(settingRow)]
  const width = Math.max(0, ...rows.map(([key]) => key.length))
  const lines = rows.map(([key, value]) => `    ${key.padEnd(width)}  ${value}`)
  const refused = change.refusals.flatMap(({ message, mend }) => [
    paint('red', `    ! refused: ${message}`),
    `      mend: ${mend}`,
  ])
  // Where it is refused, that says it.
  const lost = refused.length > 0 ? [] : change.losses.map((loss) => paint('red', `    ! ${loss}`))
  return [`${head}${use} ${WORDS[change.action]}`, ...lines, ...refused, ...lost, ''].join('\n')
}

type Row = readonly [key: string, value: string]

function counts({ action, partitions, replication }: TopicChange): Row[] {
  const rows: Row[] = []
  for (const [key, { from, to }] of [
    ['partitions', partitions],
    ['replication', replication],
  ] as const) {
    if (action === 'delete') rows.push([key, String(from)])
    else if (from !== to) rows.push([key, arrow(from === undefined ? undefined : String(from), String(to))])
  }
  return rows
}

function settingRow({ key, from, to, fallback }: SettingChange): Row {
  const show = (value: string): string => readable(topicConfig(key), value)
  const goal = to === null ? `the default${fallback === undefined ? '' : ` (${show(fallback)})`}` : show(to)
  return [key, arrow(from === undefined ? undefined : show(from), goal)]
}

function arrow(from: string | undefined, to: string): string {
  return from === undefined ? to : `${from} → ${to}`
}

function leftAlone({ unmanaged, extra }: Plan, paint: Paint): string[] {
  const lines = [
    ...extra.map(({ topic, key, value }) => `  ${topic}: ${key} = ${readable(topicConfig(key), value)}`),
    ...unmanaged.map((topic) => `  ${topic}`),
  ]
  if (lines.length === 0) return []
  return [paint('dim', 'Not in the file, left alone:'), ...lines.map((line) => paint('dim', line)), '']
}

/** One line: how many topics are created, changed, deleted, refused, unchanged. */
export function summary({ changes, unchanged }: Plan): string {
  const refused = changes.filter(({ refusals }) => refusals.length > 0).length
  const of = (action: TopicChange['action']): number =>
    changes.filter((change) => change.action === action && change.refusals.length === 0).length
  const parts = [
    `${of('create')} to create`,
    `${of('change')} to change`,
    `${of('delete')} to delete`,
    ...(refused > 0 ? [`${refused} refused`] : []),
    `${unchanged.length} unchanged`,
  ]
  return changes.length === 0
    ? `No changes: ${count(unchanged.length, 'topic')} as the file says.`
    : `${parts.join(', ')}.`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
