/** One step of our own tables. Steps are only ever added; the newest number is the schema's version. */
export interface PostgresMigration {
  readonly version: number
  /** True: it only makes reading faster, so that who only reads needs no upgrade. */
  readonly indexesOnly?: boolean
  /** Statements that run in one transaction whose search path is our schema alone, so names in it stand without one. */
  readonly sql: string
}
