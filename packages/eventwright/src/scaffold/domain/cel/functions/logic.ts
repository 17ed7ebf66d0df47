import type { Written } from './written.ts'

export type LogicFunction = 'and' | 'or' | 'some' | 'every'

/** Conditions of which a part may fail. */
export const logic: Readonly<Record<LogicFunction, Written>> = {
  and: {
    text: `/** What fails on the left does not matter where the right side is false. */
function and(left: () => boolean, right: () => boolean): boolean {
  try {
    if (!left()) return false
  } catch (error) {
    if (!right()) return false
    throw error
  }
  return right()
}`,
  },
  or: {
    text: `/** What fails on the left does not matter where the right side is true. */
function or(left: () => boolean, right: () => boolean): boolean {
  try {
    if (left()) return true
  } catch (error) {
    if (right()) return true
    throw error
  }
  return right()
}`,
  },
  some: {
    needs: ['or'],
    text: `/** Whether the condition holds for one of them; where it fails for others does not matter then. */
function some<Item>(items: readonly Item[], holds: (item: Item) => boolean): boolean {
  const [first, ...rest] = items
  return first === undefined ? false : or(() => holds(first), () => some(rest, holds))
}`,
  },
  every: {
    needs: ['and'],
    text: `/** Whether the condition holds for all of them; where it fails does not matter once it does not hold for one. */
function every<Item>(items: readonly Item[], holds: (item: Item) => boolean): boolean {
  const [first, ...rest] = items
  return first === undefined ? true : and(() => holds(first), () => every(rest, holds))
}`,
  },
}
