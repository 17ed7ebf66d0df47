import type { Flow, LoadedFlow, Service } from '../../flow/index.ts'

/** A service that is to be scaffolded, with all that its files are made of. */
export interface ServiceParts {
  readonly loaded: LoadedFlow
  readonly flow: Flow
  readonly service: Service
  /** Of its package, its container and its folder. */
  readonly name: string
  /** Its place among the services of the flow, from 0: each has a port of its own. */
  readonly index: number
  /** The flow file as the service has it: `flow/shop.flow.yaml`. */
  readonly flowPath: string
  readonly packages: Packages
  /** True: with the Java application of `--streams`. */
  readonly streams: boolean
}

/** What package.json says of our packages: a version, or `file:` and a path. */
export interface Packages {
  readonly core: string
  readonly command: string
}

/** The port that it listens on where nothing else is said. */
export function portOf({ index }: ServiceParts): number {
  return 3000 + index
}

/** The broker's URL on a laptop: one file beside the folders of all services that talk to each other. */
export function brokerOf({ flow }: ServiceParts): string {
  return flow.services.size > 1 ? 'sqlite:../broker.db' : 'sqlite:data/broker.db'
}
