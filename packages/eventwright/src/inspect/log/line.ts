import type { RecordedEvent } from '@eventwright/core'
import { printable } from '../../findings/index.ts'

/** An event as a line has it, part by part, each safe on a terminal. */
export interface EventLine {
  readonly position: string
  readonly time: string
  /** `Order-o-1@2`, with the tenant in front where it is not the default one: `acme/Order-o-1@2`. */
  readonly place: string
  /** `OrderPlaced`, from the second version of its schema on `OrderPlaced.v2`. */
  readonly type: string
  /** As JSON, cut to a length that can be read. */
  readonly data: string
}

/** Characters of a payload that a line shows. */
const LONGEST = 160

export function lineOf(event: RecordedEvent): EventLine {
  return {
    position: String(event.position),
    time: timeText(event.recordedAt),
    place: printable(`${placeOf(event)}@${event.version}`),
    type: printable(event.schemaVersion > 1 ? `${event.type}.v${event.schemaVersion}` : event.type),
    data: dataText(event.data),
  }
}

/** The stream, with the tenant in front where it is not the default one. */
export function placeOf({ tenant, stream }: Pick<RecordedEvent, 'tenant' | 'stream'>): string {
  return tenant === '' ? stream : `${tenant}/${stream}`
}

/** A time as it is printed. A clock may have stood anywhere. */
export function timeText(milliseconds: number): string {
  const time = new Date(milliseconds)
  return Number.isNaN(time.getTime()) ? String(milliseconds) : time.toISOString()
}

function dataText(data: unknown): string {
  const text = JSON.stringify(data) ?? ''
  return printable(text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`)
}
