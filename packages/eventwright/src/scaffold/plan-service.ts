import type { Flow, LoadedFlow } from '../flow/index.ts'
import { CannotScaffold } from './errors.ts'
import type { ScaffoldFile } from './file.ts'
import { recordFile } from './record.ts'
import { type Packages, serviceFiles } from './service/index.ts'
import { streamsFiles } from './streams/index.ts'

/** A service that is to be made of a flow without errors. */
export interface WantedService {
  readonly loaded: LoadedFlow
  readonly flow: Flow
  /** The flow file as the service's scripts name it, relative to its folder: its own, or a copy. */
  readonly flowPath: string
  readonly service: string
  /** Of its package. */
  readonly name: string
  readonly packages: Packages
  /** The flow file, relative to the service's folder, for `--update`. */
  readonly flowFrom: string
  /** Of this command. */
  readonly version: string
  readonly streams: boolean
}

/** All files of one service, the flow and the record of where it came from included. @throws CannotScaffold */
export async function planService(wanted: WantedService): Promise<readonly ScaffoldFile[]> {
  const { loaded, flow, flowPath, name, packages, streams, version } = wanted
  const service = flow.services.get(wanted.service)
  if (!service) throw new CannotScaffold(`The flow ${flow.name} has no service ${wanted.service}.`)
  const index = [...flow.services.keys()].indexOf(service.name)
  const parts = {
    loaded,
    flow,
    service,
    name,
    index,
    packages,
    flowPath,
    streams,
  }
  const files = [...(await serviceFiles(parts)), ...(streams ? await streamsFiles() : [])]
  const record = {
    scaffold: 1,
    eventwright: version,
    service: service.name,
    name,
    flow: wanted.flowFrom,
    streams,
  } as const
  return [...files, recordFile(record, files)]
}
