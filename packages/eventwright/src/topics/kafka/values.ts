import type { ConfigKind, TopicConfig } from './configs.ts'

/** A value as Kafka takes it, or what is wrong with the one that was written. */
export type Read = { readonly value: string } | { readonly wrong: string; readonly mend: string }

type Units = readonly (readonly [name: string, factor: bigint])[]

const DURATIONS: Units = [
  ['ms', 1n],
  ['s', 1000n],
  ['m', 60_000n],
  ['h', 3_600_000n],
  ['d', 86_400_000n],
  ['w', 604_800_000n],
]
const SIZES: Units = [
  ['B', 1n],
  ['KB', 1000n],
  ['MB', 1_000_000n],
  ['GB', 1_000_000_000n],
  ['KiB', 1024n],
  ['MiB', 1_048_576n],
  ['GiB', 1_073_741_824n],
]
const UNITS: Partial<Record<ConfigKind, Units>> = { duration: DURATIONS, size: SIZES }
const EXAMPLES: Readonly<Record<ConfigKind, string>> = {
  duration: 'Write a number with a unit: `90s`, `15m`, `12h`, `7d`.',
  size: 'Write a number with a unit: `512KiB`, `100MiB`, `1GiB`.',
  count: 'Write a whole number.',
  ratio: 'Write a number such as `0.5`.',
  boolean: 'Write `true` or `false`.',
  words: '',
  list: '',
  free: '',
}

/**
 * Reads what a person wrote for a setting. A plain number counts as milliseconds or bytes only where the key itself
 * says so (`bare`), as Kafka's own keys do.
 */
export function readValue(config: TopicConfig, text: string, bare: boolean): Read {
  if (config.kind === 'free') return { value: text }
  if (config.kind === 'words') return oneOf(config.words ?? [], text)
  if (config.kind === 'list') return listOf(config.words ?? [], text)
  if (config.kind === 'boolean') return oneOf(['true', 'false'], text)
  if (config.kind === 'ratio') return ratio(config, text)
  if (config.endless !== undefined && /^(forever|unlimited)$/.test(text)) return { value: config.endless }
  return inRange(config, whole(config.kind, text, bare))
}

function whole(kind: ConfigKind, text: string, bare: boolean): bigint | string {
  const plain = /^[+-]?\d[\d_]*$/.test(text)
  const units = UNITS[kind]
  if (plain && (bare || units === undefined)) return BigInt(text.replaceAll('_', ''))
  if (plain && units !== undefined) return `\`${text}\` has no unit.`
  const match = /^(\d+)\s*([A-Za-z]+)$/.exec(text)
  const factor = units?.find(([name]) => name === match?.[2])?.[1]
  if (factor === undefined) return `\`${text}\` is no ${units ? kind : 'whole number'}.`
  return BigInt(match?.[1] ?? '0') * factor
}

function inRange(config: TopicConfig, number: bigint | string): Read {
  if (typeof number === 'string') return { wrong: number, mend: EXAMPLES[config.kind] }
  const { min, max = '9223372036854775807' } = config
  if (min !== undefined && number < BigInt(min)) {
    return { wrong: `${number} is too low.`, mend: `The lowest value is ${readable(config, min)}.` }
  }
  if (number > BigInt(max)) {
    return { wrong: `${number} is too high.`, mend: `The highest value is ${readable(config, max)}.` }
  }
  return { value: String(number) }
}

function ratio({ min = '0', max = '1' }: TopicConfig, text: string): Read {
  const number = Number(text)
  if (text.trim() === '' || Number.isNaN(number)) {
    return { wrong: `\`${text}\` is no number.`, mend: EXAMPLES.ratio }
  }
  if (number < Number(min) || number > Number(max)) {
    return { wrong: `${text} is out of range.`, mend: `Write a number from ${min} to ${max}.` }
  }
  return { value: String(number) }
}

function oneOf(words: readonly string[], text: string): Read {
  if (words.includes(text)) return { value: text }
  return { wrong: `\`${text}\` is not a value of it.`, mend: `Write one of ${words.join(', ')}.` }
}

function listOf(words: readonly string[], text: string): Read {
  const items = text.split(',').map((item) => item.trim())
  const wrong = items.find((item) => !words.includes(item))
  if (wrong !== undefined) return oneOf(words, wrong)
  return { value: [...new Set(items)].sort().join(',') }
}

/** Whether two values mean the same to Kafka. */
export function sameValue(config: TopicConfig | undefined, a: string, b: string): boolean {
  if (config?.kind === 'list') return sorted(a) === sorted(b)
  if (config?.kind === 'ratio') return Number(a) === Number(b)
  return a === b
}

function sorted(list: string): string {
  return list
    .split(',')
    .map((item) => item.trim())
    .sort()
    .join(',')
}

/** A value as a person reads it: `7d`, `100MiB`, `forever`. `readValue` takes it back. */
export function readable(config: TopicConfig | undefined, value: string): string {
  if (config === undefined) return value
  if (value === config.endless) return config.kind === 'size' ? 'unlimited' : 'forever'
  const units = UNITS[config.kind]
  if (units === undefined || !/^[1-9]\d*$/.test(value)) return value
  const number = BigInt(value)
  const shown = [...units].reverse().filter(([name]) => !/^[KMG]B$/.test(name) && name !== 'w')
  const [name, factor] = shown.find(([, factor]) => number % factor === 0n) ?? ['', 1n]
  return name === 'B' ? value : `${number / factor}${name}`
}
