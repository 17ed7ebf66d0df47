import type { Code } from '../codes.ts'

/** The text of one value as it stands in the input. */
export type EventText = {
  readonly text: string
  /** Of its first sign, from 1; the column in UTF-16 units. */
  readonly line: number
  readonly column: number
}

/** Something wrong with the input outside of any event's text. */
export type InputFault = {
  readonly code: Code
  readonly line: number
  readonly column: number
  /** What stands in the line, where that is known. */
  readonly text?: string
  readonly message: string
  readonly mend: string
}

/** Takes what a reader finds. False means: no more. */
export type Sink = {
  event(text: EventText): boolean
  fault(fault: InputFault): boolean
}

/** Cuts bytes into events. False means: no more is wanted. */
export type Reader = {
  push(chunk: Buffer): boolean
  end(): boolean | Promise<boolean>
  /** The line that it is in. */
  line(): number
}

/** An event's text may be this long before it is given up: sixteen times what an append takes, spaces and all. */
export const LONGEST_TEXT = 16_000_000

export function tooLong(line: number, column: number): InputFault {
  return {
    code: 'too-large',
    line,
    column,
    message: `The event's text is longer than ${LONGEST_TEXT / 1_000_000} MB.`,
    mend: 'Store the large part elsewhere and put its address into the event.',
  }
}
