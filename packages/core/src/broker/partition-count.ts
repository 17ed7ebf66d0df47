import { InvalidOption } from '../store/index.ts'

const DEFAULT_PARTITIONS = 6

/** How many partitions a new topic gets. One of none would take no message, and stay so. @throws InvalidOption */
export function partitionCount(asked: number = DEFAULT_PARTITIONS): number {
  if (Number.isSafeInteger(asked) && asked >= 1) return asked
  throw new InvalidOption('partitions', asked, 'a whole number from 1')
}
