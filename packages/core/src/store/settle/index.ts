export type { Answer, Appended, StreamMiss } from './answer.ts'
export { checkExpect, checkExpectIsOne } from './expect.ts'
export {
  type Batch,
  type Found,
  isEmpty,
  type Named,
  type NamedPair,
  type Needs,
  type PlacedEvent,
} from './found.ts'
export { inboxKey, listKey, named, pair } from './keys.ts'
export { needsOf } from './needs.ts'
export { meetIds } from './same.ts'
export { type Settled, settle } from './settle.ts'
export { wouldAccept } from './view.ts'
