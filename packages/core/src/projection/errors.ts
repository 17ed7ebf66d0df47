import type { PendingEvent } from '../event/index.ts'
import { EventwrightError } from '../event/index.ts'

/** A projection was declared in a way that cannot work. */
export class InvalidProjection extends EventwrightError {
  readonly code = 'InvalidProjection'
}

/** A projection's handler named a collection that is not its own. */
export class ForeignCollection extends EventwrightError {
  readonly code = 'ForeignCollection'

  constructor(projection: string, collection: string, own: readonly string[]) {
    super(
      `Projection ${projection} may not touch the collection ${collection}: its own are ${own.join(', ')}. ` +
        `Declare it: projection(…, { collections: [${[...own, collection].map((name) => `'${name}'`).join(', ')}] }).`,
    )
  }
}

/** An inline projection touched a document that is not keyed by the stream of the event in hand. */
export class ForeignDocument extends EventwrightError {
  readonly code = 'ForeignDocument'

  constructor(projection: string, document: string, stream: string, allowed: readonly string[]) {
    super(
      `Inline projection ${projection} touched the document ${document} for an event of stream ${stream}: ` +
        `it may use only ${allowed.join(' or ')}. Key it by the stream, or leave { inline: true } out.`,
    )
  }
}

/** Where a projection stopped, and why: what `health()` and `caughtUp` tell. */
export interface ProjectionFault {
  readonly projection: string
  readonly type: string
  readonly tenant: string
  readonly stream: string
  readonly version: number
  readonly position: number
  readonly error: string
}

/** `caughtUp` was asked for a projection that stopped at an event its handler cannot take. */
export class ProjectionFaulted extends EventwrightError {
  readonly code = 'ProjectionFaulted'
  readonly fault: ProjectionFault

  constructor(fault: ProjectionFault) {
    super(
      `Projection ${fault.projection} stopped at ${fault.type}, version ${fault.version} of stream ${fault.stream} ` +
        `(position ${fault.position}): ${fault.error}. Mend its handler and start again; it goes on from that event.`,
    )
    this.fault = fault
  }
}

/** `caughtUp` waited in vain. */
export class NotCaughtUp extends EventwrightError {
  readonly code = 'NotCaughtUp'

  constructor(projection: string, position: number, at: number | undefined, milliseconds: number) {
    super(
      `Projection ${projection} has not reached position ${position} within ${milliseconds} ms: ` +
        (at === undefined ? 'no version of it is live yet.' : `it stands at ${at}.`) +
        ' See whether a process runs it (health()), or wait longer (timeout).',
    )
  }
}

/** A read model was read that is still being built for the first time. */
export class ProjectionNotBuilt extends EventwrightError {
  readonly code = 'ProjectionNotBuilt'

  constructor(projection: string) {
    super(
      `No version of projection ${projection} has been built yet. ` +
        `Wait for it: await app.caughtUp('${projection}'), with a process running that has it in 'run'.`,
    )
  }
}

/** A handler threw at `event`: the projection's fault, as opposed to the store's. An inline one fails the append with it. */
export class HandlerFailure extends EventwrightError {
  readonly code = 'HandlerFailure'
  readonly event: PendingEvent
  /** What the handler threw, in words. */
  readonly reason: string

  constructor(projection: string, event: PendingEvent, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(
      `The handler of projection ${projection} threw at ${event.type}, version ${event.version} of stream ` +
        `${event.stream}: ${reason}. Mend the handler.`,
      { cause },
    )
    this.event = event
    this.reason = reason
  }
}
