/** How a log goes on in another epoch. */
export interface RenewEpoch {
  /**
   * Names of checkpoints of the default tenant that go on in the new epoch from where they stand, or from the log's end where that is
   * lower: those whose positions still mean the same events. Default none.
   */
  readonly carry?: readonly string[]
}
