/** A file of a scaffolded service. */
export interface ScaffoldFile {
  /** Relative to the service's folder, with `/`. */
  readonly path: string
  readonly text: string
  /** `generated`: written again by `--update`. `yours`: written once, then left alone. */
  readonly owner: 'generated' | 'yours'
  /** True for scripts. */
  readonly executable?: boolean
}
