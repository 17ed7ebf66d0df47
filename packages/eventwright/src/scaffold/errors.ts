import { EventwrightError } from '@eventwright/core'
import type { Finding, Sources } from '../findings/index.ts'

/** What was asked for cannot be scaffolded: a bad name, a folder that is not empty, a service that the flow does not have. */
export class CannotScaffold extends EventwrightError {
  readonly code = 'CannotScaffold'
}

/** The flow has errors, or is broken: no service can be made of it. Nothing was written. */
export class FlowHasErrors extends EventwrightError {
  readonly code = 'FlowHasErrors'
  readonly findings: readonly Finding[]
  readonly sources: Sources

  constructor(file: string, findings: readonly Finding[], sources: Sources) {
    super(`${file} has errors; nothing was written. Mend them first: eventwright check ${file}`)
    this.findings = findings
    this.sources = sources
  }
}
