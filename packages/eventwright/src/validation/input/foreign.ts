import type { InputFault } from './sink.ts'

/** What begins other files than texts, as Latin-1, and what they are. */
const BEGINNINGS: readonly (readonly [string, string, string])[] = [
  ['PK\x03\x04', 'a zip archive', 'Unpack it (unzip), and name its files or their folder.'],
  ['\x1f\x8b', 'gzip inside gzip', 'Unpack it once (gzip -d).'],
  ['\x28\xb5\x2f\xfd', 'packed with zstd', 'Unpack it: zstd -dc FILE | eventwright validate -'],
  ['BZh', 'packed with bzip2', 'Unpack it: bzip2 -dc FILE | eventwright validate -'],
  ['\xfd7zXZ\0', 'packed with xz', 'Unpack it: xz -dc FILE | eventwright validate -'],
  ['PAR1', 'a Parquet file', 'Export the events as NDJSON.'],
  ['Obj\x01', 'an Avro file', 'Export the events as NDJSON.'],
  ['SQLite format 3\0', 'an SQLite database', 'Export the events as NDJSON.'],
]

const UNPACK_TAR = 'Unpack it (tar -xf), and name its files or their folder.'
const AS_UTF8 = 'Write the file as UTF-8: iconv -f UTF-16 -t UTF-8, or in PowerShell Out-File -Encoding utf8.'

/** Says what an input is, where it is certainly no text in UTF-8: known by its first bytes. */
export function foreignFault(head: Buffer): InputFault | undefined {
  const start = head.toString('latin1', 0, 16)
  const known = BEGINNINGS.find(([beginning]) => start.startsWith(beginning))
  if (known !== undefined) return fault(`This is ${known[1]}, not a text.`, known[2])
  if (head.toString('latin1', 257, 262) === 'ustar')
    return fault('This is a tar archive, not a text.', UNPACK_TAR)
  if (isUtf16(head)) return fault('This is UTF-16, or no text at all.', AS_UTF8)
  return undefined
}

function fault(message: string, mend: string): InputFault {
  return { code: 'not-text', line: 1, column: 1, message, mend }
}

function isUtf16(head: Buffer): boolean {
  const [first, second] = head
  if (first === undefined || second === undefined) return false
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  return isMarked || (first === 0) !== (second === 0)
}
