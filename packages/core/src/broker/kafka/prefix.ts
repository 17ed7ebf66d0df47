import { InvalidOption } from '../../store/index.ts'

/** Of the 249 characters that Kafka allows a topic, the rest is left to its own name. */
const LONGEST = 200

/** What stands before the names of topics holds what Kafka allows in them; empty is none. @throws InvalidOption */
export function checkPrefix(prefix: string): void {
  if (/^[\w.-]*$/.test(prefix) && prefix.length <= LONGEST) return
  const use = `at most ${LONGEST} of what Kafka takes in the name of a topic: letters a to z and A to Z, digits, ".", "_" and "-"`
  throw new InvalidOption('the prefix for Kafka', prefix, use)
}
