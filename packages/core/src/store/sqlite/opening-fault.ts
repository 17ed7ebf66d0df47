import { CannotOpenFile, NotADatabase } from '../errors.ts'
import { toldFault } from './busy.ts'
import { MAY_ONLY_BE_READ } from './path.ts'

/** What a file that cannot be opened is told as. */
export function openingFault(path: string, error: unknown): unknown {
  switch (toldFault(error)) {
    case 'notadatabase':
      return new NotADatabase(path, { cause: error })
    case 'readonly':
      return new CannotOpenFile(path, MAY_ONLY_BE_READ, { cause: error })
    case 'open':
      return new CannotOpenFile(path, 'this user may not read and write it', { cause: error })
    case 'corrupt':
      return new CannotOpenFile(path, 'the database in it is damaged, restore it from a copy', {
        cause: error,
      })
    case 'full':
      return new CannotOpenFile(path, 'the disk is full', { cause: error })
    case 'io':
      return new CannotOpenFile(path, 'the disk does not answer', { cause: error })
    default:
      return error
  }
}
