import type { Report } from '../findings/index.ts'
import type { TreeList } from './tree.ts'

/** The members of `[placed, confirmed]`: texts, each once, at least one. What is none is reported and left out. */
export function membersOf(tree: TreeList, report: Report): string[] {
  const members = new Set<string>()
  for (const item of tree.items) {
    if (item.kind === 'scalar' && item.text !== '' && !members.has(item.text)) members.add(item.text)
    else {
      report(
        'wrong-shape',
        item.place,
        'This is no member of an enumeration: expected texts, each once.',
        'Write them as `[placed, confirmed]`; a list of values of one type is `TYPE[]`.',
      )
    }
  }
  if (tree.items.length === 0)
    report('wrong-shape', tree.place, 'The enumeration has no members.', 'List at least one.')
  return [...members]
}
