import type { Report } from '../findings/index.ts'
import { describe, type Keys, type NameKind, type Others, SHAPES, type Shape } from '../shape/index.ts'
import { durationMs } from './duration.ts'
import { suggestion } from './nearest.ts'
import type { Tree, TreeMap } from './tree.ts'

type MapShape = Extract<Shape, { is: 'map' }>

const PATTERNS: Partial<Record<NameKind, { pattern: RegExp; like: string }>> = {
  aggregate: { pattern: /^[A-Z][A-Za-z0-9]*$/, like: 'an upper-case letter, then letters and digits' },
  command: { pattern: /^[A-Z][A-Za-z0-9]*$/, like: 'an upper-case letter, then letters and digits' },
  event: { pattern: /^[A-Z][A-Za-z0-9]*$/, like: 'an upper-case letter, then letters and digits' },
  type: { pattern: /^[A-Z][A-Za-z0-9]*$/, like: 'an upper-case letter, then letters and digits' },
  saga: { pattern: /^[A-Z][A-Za-z0-9]*$/, like: 'an upper-case letter, then letters and digits' },
  projection: { pattern: /^[A-Z][A-Za-z0-9]*$/, like: 'an upper-case letter, then letters and digits' },
  refusal: { pattern: /^[A-Z][A-Za-z0-9]*$/, like: 'an upper-case letter, then letters and digits' },
  service: { pattern: /^[a-z][a-z0-9-]*$/, like: 'lower-case letters, digits and hyphens' },
  step: { pattern: /^[a-z][A-Za-z0-9_]*$/, like: 'a lower-case letter, then letters, digits and _' },
  state: { pattern: /^[a-z][A-Za-z0-9_]*$/, like: 'a lower-case letter, then letters, digits and _' },
  field: { pattern: /^[A-Za-z_][A-Za-z0-9_]*\??$/, like: 'letters, digits and _' },
  topic: { pattern: /^[A-Za-z0-9._-]{1,249}$/, like: 'letters, digits, dots, hyphens and _' },
}

/** Reports whatever in the tree has not the form that the flow file's description gives it. */
export function checkShape(tree: Tree, shape: Shape, report: Report, what = 'the flow file'): void {
  const one = chosen(tree, shape)
  if (one === undefined) wrong(tree, shape, report, what)
  else checkChosen(tree, one, report, what)
}

/** The alternative that the tree means. */
function chosen(tree: Tree, shape: Shape): Shape | undefined {
  if (shape.is === 'shape') return chosen(tree, named(shape.name))
  if (shape.is !== 'either') return fits(tree, shape) ? shape : undefined
  const fitting = shape.of.find((option) => fits(tree, option))
  return fitting === undefined ? undefined : chosen(tree, fitting)
}

function checkChosen(tree: Tree, shape: Shape, report: Report, what: string): void {
  if (shape.is === 'list' && tree.kind === 'list') {
    for (const item of tree.items) checkShape(item, shape.of, report, what)
  }
  if (shape.is === 'map' && tree.kind === 'map') checkMap(tree, shape, report, what)
  if (shape.is === 'name' && !shape.refers) checkName(String(scalar(tree)), shape.of, tree, report)
}

function checkMap(tree: TreeMap, shape: MapShape, report: Report, what: string): void {
  const others = tree.entries.filter((entry) => !Object.hasOwn(shape.keys, entry.key))
  for (const entry of tree.entries) {
    const known = Object.hasOwn(shape.keys, entry.key) ? shape.keys[entry.key] : undefined
    if (known !== undefined) {
      checkShape(entry.value, known.shape, report, `\`${entry.key}\``)
    } else if (shape.others === undefined) {
      report(
        'unknown-key',
        entry.place,
        `${capital(what)} has no key \`${entry.key}\`.`,
        suggestion(entry.key, Object.keys(shape.keys)),
      )
    } else {
      if (!shape.others.refers) checkName(entry.key, shape.others.name, entry, report)
      checkShape(entry.value, shape.others.shape, report, `\`${entry.key}\``)
    }
  }
  for (const [key, known] of Object.entries(shape.keys)) {
    if (known.required && !tree.entries.some((entry) => entry.key === key)) {
      report(
        'missing-key',
        headOf(tree),
        `${capital(what)} lacks \`${key}\`: ${lower(known.doc)}`,
        `Add \`${key}:\`.`,
      )
    }
  }
  checkCount(tree, shape.others, others.length, report, what)
}

function checkCount(
  tree: TreeMap,
  others: Others | undefined,
  count: number,
  report: Report,
  what: string,
): void {
  if (others?.exactly === undefined || count === others.exactly) return
  const mend = count > 1 ? 'Write each as an item of its own.' : `Add the ${others.name}.`
  report(
    'wrong-shape',
    headOf(tree),
    `One ${others.name} is expected here in ${what}, there are ${count}.`,
    mend,
  )
}

function checkName(
  name: string,
  kind: NameKind,
  at: { readonly place: Tree['place'] },
  report: Report,
): void {
  const rule = PATTERNS[kind]
  if (rule === undefined || rule.pattern.test(name)) return
  const field = kind === 'field' && /\?.+$/.test(name)
  const mend = field ? 'Put a blank after the colon.' : `Use ${rule.like}.`
  report('bad-name', at.place, `\`${name}\` is no name for a ${kind}.`, mend)
}

function fits(tree: Tree, shape: Shape): boolean {
  switch (shape.is) {
    case 'shape':
      return fits(tree, named(shape.name))
    case 'either':
      return shape.of.some((option) => fits(tree, option))
    case 'list':
      return tree.kind === 'list'
    case 'map':
      return fitsMap(tree, shape.keys)
    case 'json':
      return true
    case 'field-type':
      return tree.kind !== 'scalar' || typeof tree.value === 'string'
    case 'text':
      return tree.kind === 'scalar' && tree.value !== null
    case 'name':
      return typeof scalar(tree) === 'string'
    case 'cel':
      return tree.kind === 'scalar' && tree.value !== null
    case 'true':
      return typeof scalar(tree) === 'boolean'
    case 'integer': {
      const value = scalar(tree)
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= (shape.minimum ?? -Infinity)
    }
    case 'words':
      return shape.words.includes(String(scalar(tree)))
    case 'duration':
      return durationMs(String(scalar(tree))) !== undefined
  }
}

/** A map whose keys decide between alternatives: the ones that it must have are there, or none of them is required. */
function fitsMap(tree: Tree, keys: Keys): boolean {
  if (tree.kind !== 'map') return false
  const first = Object.entries(keys).find(([, key]) => key.required)
  return (
    first === undefined || FLOW_KEYS.has(first[0]) || tree.entries.some((entry) => entry.key === first[0])
  )
}

/** Required keys that do not tell alternatives apart: where they are missing, that is the finding. */
const FLOW_KEYS = new Set([
  'eventwright',
  'aggregates',
  'id',
  'start',
  'key',
  'when',
  'emit',
  'on',
  'name',
  'commands',
])

function wrong(tree: Tree, shape: Shape, report: Report, what: string): void {
  if (shape.is === 'duration') {
    report(
      'bad-duration',
      tree.place,
      `${capital(what)} is no duration.`,
      'Write a number and a unit, such as 90s, 15m, 2h, 3d or 1w.',
    )
    return
  }
  const is = given(tree)
  report(
    'wrong-shape',
    headOf(tree),
    `${capital(what)} is ${is}; expected is ${describe(shape)}.`,
    `Write ${describe(shape)}.`,
  )
}

function given(tree: Tree): string {
  if (tree.kind !== 'scalar') return `a ${tree.kind}`
  return tree.value === null ? 'empty' : `\`${tree.text}\``
}

/** A caret under a whole block would be noise: the first key is enough. */
function headOf(tree: Tree): Tree['place'] {
  if (tree.kind === 'map') return tree.entries[0]?.place ?? tree.place
  return tree.place
}

function scalar(tree: Tree): string | number | boolean | null | undefined {
  return tree.kind === 'scalar' ? tree.value : undefined
}

function named(name: string): Shape {
  const shape = SHAPES[name]
  if (shape === undefined) throw new TypeError(`No shape ${name}`)
  return shape
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
