import type { TopicReport } from '../codes.ts'
import type { DesiredTopic } from '../model.ts'

const LONGEST = 249

/** Kafka's rules for names, and the file's own pattern. */
export function checkNames(
  topics: readonly DesiredTopic[],
  pattern: RegExp | undefined,
  report: TopicReport,
): void {
  const seen = new Map<string, string>()
  for (const { name, place } of topics) {
    const fault = faultOf(name)
    if (fault !== undefined) report('topic-name', place, `\`${name}\` ${fault}.`, 'Give it another name.')
    if (name.startsWith('__')) {
      report('topic-name-internal', place, `\`${name}\` begins with two _.`, 'Begin with a letter.')
    }
    if (pattern !== undefined && !pattern.test(name)) {
      const message = `\`${name}\` is not named as ${pattern.source} wants it.`
      report('topic-name-pattern', place, message, 'Rename the topic, or change `names:`.')
    }
    const metric = name.replaceAll('.', '_')
    const other = seen.get(metric)
    if (other !== undefined && other !== name) {
      const mend = 'Use dots or _ in all names, not both.'
      report('topic-name-collision', place, `\`${name}\` and \`${other}\` differ only in dots and _.`, mend)
    }
    seen.set(metric, other ?? name)
  }
}

function faultOf(name: string): string | undefined {
  if (name === '.' || name === '..') return 'means a folder'
  if (name.length > LONGEST) return `has ${name.length} characters, and at most ${LONGEST} are taken`
  if (name === '' || /[^A-Za-z0-9._-]/.test(name)) return 'has characters that Kafka does not take'
  return undefined
}
