import { EventwrightError } from '../event/index.ts'

/** An event type that the catalog does not declare. */
export class UnknownEventType extends EventwrightError {
  readonly code = 'UnknownEventType'
  readonly type: string

  constructor(type: string, known: Iterable<string>, namespace: string) {
    const names = [...known].sort().join(', ')
    super(
      `The catalog ${namespace} has no event type ${type}. It has: ${names}. Add its schema, or mend the name.`,
    )
    this.type = type
  }
}

/** A catalog that cannot be made: a broken schema, a missing upcaster, two meanings of one type. */
export class InvalidCatalog extends EventwrightError {
  readonly code = 'InvalidCatalog'
}

/** A stream holds an event that only a newer release knows, by its type or its schema version: deploy this process anew. */
export class NewerEventVersion extends EventwrightError {
  readonly code = 'NewerEventVersion'
  readonly type: string
  readonly schemaVersion: number

  /** `known`: the newest schema version here, 0 where the type is unknown. */
  constructor(type: string, schemaVersion: number, known: number, where: string) {
    const knows = known === 0 ? 'does not know it' : `knows it up to version ${known}`
    super(
      `${where} holds ${type} with schema version ${schemaVersion}, and this catalog ${knows}. ` +
        'Deploy the newer catalog here, then try again.',
    )
    this.type = type
    this.schemaVersion = schemaVersion
  }
}
