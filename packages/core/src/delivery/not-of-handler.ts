import {
  FencedOut,
  StorageFailed,
  StoreClosed,
  StoreOverloaded,
  UnknownOutcomeError,
} from '../store/index.ts'

/** Says nothing about the message: another owner, or a store that cannot answer, as on a full disk. */
export function isNotOfHandler(error: unknown): boolean {
  return (
    error instanceof FencedOut ||
    error instanceof StorageFailed ||
    error instanceof StoreOverloaded ||
    error instanceof StoreClosed ||
    error instanceof UnknownOutcomeError
  )
}
