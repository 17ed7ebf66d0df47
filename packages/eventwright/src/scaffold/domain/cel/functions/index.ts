import { type ListsFunction, lists } from './lists.ts'
import { type LogicFunction, logic } from './logic.ts'
import { type NumbersFunction, numbers } from './numbers.ts'
import { type TextsFunction, texts } from './texts.ts'
import { type TimesFunction, times } from './times.ts'
import { type ValuesFunction, values } from './values.ts'
import type { Written } from './written.ts'

/** The names of these functions. */
export type FunctionName =
  | NumbersFunction
  | ValuesFunction
  | ListsFunction
  | LogicFunction
  | TextsFunction
  | TimesFunction

/**
 * Functions that expressions may need, each as a person would write it at the foot of a file. They say what CEL says
 * where TypeScript says something else: what is not there fails, whole numbers stay whole.
 */
export const FUNCTIONS: Readonly<Record<FunctionName, Written>> = {
  ...numbers,
  ...values,
  ...lists,
  ...logic,
  ...texts,
  ...times,
}

/** The texts of functions and of what they need, in the order of the table. */
export function functionTexts(used: ReadonlySet<string>): readonly string[] {
  const all = new Set(used)
  // What is added while the set is walked is walked as well.
  for (const name of all) {
    if (isFunction(name)) for (const need of FUNCTIONS[name].needs ?? []) all.add(need)
  }
  return Object.entries(FUNCTIONS).flatMap(([name, { text }]) => (all.has(name) ? [text] : []))
}

function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name)
}
