export const NEWLINE = 10
export const TAB = 9
export const RETURN = 13
export const SPACE = 32
export const QUOTE = 34
export const COMMA = 44
export const OPEN_LIST = 91
export const BACKSLASH = 92
export const CLOSE_LIST = 93
export const OPEN_OBJECT = 123
export const CLOSE_OBJECT = 125

export function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB
}
