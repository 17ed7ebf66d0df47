/** What kind of name a text is: an editor completes those of the flow itself. */
export type NameKind =
  | 'aggregate'
  | 'command'
  | 'event'
  | 'field'
  | 'free'
  | 'projection'
  | 'refusal'
  | 'saga'
  | 'service'
  | 'state'
  | 'step'
  | 'topic'
  | 'type'

/**
 * The form of a value in the flow file. One description serves the parser (unknown keys, wrong forms), the
 * published JSON Schema and the guide's key reference.
 */
export type Shape =
  | { readonly is: 'text' }
  | { readonly is: 'integer'; readonly minimum?: number }
  | { readonly is: 'true' }
  | { readonly is: 'words'; readonly words: readonly string[] }
  /** A name; `refers` says that it must exist elsewhere in the flow, so that an editor can offer those that do. */
  | { readonly is: 'name'; readonly of: NameKind; readonly refers: boolean }
  | { readonly is: 'duration' }
  /** A CEL expression: any scalar. */
  | { readonly is: 'cel' }
  /** The type of a field: `string`, `Id`, `Line[]`, a list of members, a nested field map, `{ schema: … }`. */
  | { readonly is: 'field-type' }
  /** Plain data. */
  | { readonly is: 'json' }
  | { readonly is: 'list'; readonly of: Shape }
  | { readonly is: 'map'; readonly keys: Keys; readonly others?: Others }
  | { readonly is: 'either'; readonly of: readonly Shape[] }
  | { readonly is: 'shape'; readonly name: string }

/** The known keys of a map. */
export type Keys = { readonly [key: string]: Key }

/** One key: its form, what it says, and whether it must be there. */
export type Key = { readonly shape: Shape; readonly doc: string; readonly required?: true }

/** What stands under keys that the author names. `exactly` is how many there must be. */
export type Others = {
  readonly name: NameKind
  readonly refers?: true
  readonly shape: Shape
  readonly exactly?: 1
}

/** In words, for "expected …". */
export function describe(shape: Shape): string {
  switch (shape.is) {
    case 'text':
      return 'a text'
    case 'integer':
      return 'a whole number'
    case 'true':
      return 'true or false'
    case 'words':
      return shape.words.map((word) => `\`${word}\``).join(' or ')
    case 'name':
      return shape.of === 'free' ? 'a name' : `the name of ${article(shape.of)}`
    case 'duration':
      return 'a duration such as 15m'
    case 'cel':
      return 'a CEL expression'
    case 'field-type':
      return 'the type of a field'
    case 'json':
      return 'data'
    case 'list':
      return `a list, each item ${describe(shape.of)}`
    case 'map':
      return describeMap(shape)
    case 'either':
      return shape.of.map(describe).join(', or ')
    case 'shape':
      return shape.name
  }
}

function describeMap(shape: { readonly keys: Keys; readonly others?: Others }): string {
  const keys = Object.entries(shape.keys).filter(([, key]) => key.required)
  const required = keys.map(([name]) => `\`${name}\``)
  if (shape.others !== undefined && required.length === 0) return `a map from ${shape.others.name} names`
  return required.length > 0 ? `a map with ${required.join(', ')}` : 'a map'
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`
}
