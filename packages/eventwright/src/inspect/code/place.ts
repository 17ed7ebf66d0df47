import { EventwrightError } from '@eventwright/core'

/** A frame of a stack, or the line above the message where a file is not even read: `/app.ts:3`, `at f (file:///app.ts:3:7)`. */
const FRAME = /^(?:\s+at (?:.* \()?)?(?:file:\/\/)?((?:\/|[A-Za-z]:\\).*?:\d+)(?::\d+)?\)?$/m

/** ` (FILE:LINE)` of what a module threw while it was loaded; nothing where that is not known, or its message says it. */
export function placeIn(error: unknown, ours: string): string {
  if (!(error instanceof Error) || error instanceof EventwrightError) return ''
  const place = FRAME.exec(error.stack ?? '')?.[1]
  return place === undefined || place.startsWith(ours) ? '' : ` (${place})`
}
