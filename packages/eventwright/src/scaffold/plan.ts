import { join, relative, resolve, sep } from 'node:path'
import { copyOfFlow } from './domain/flow-files.ts'
import type { ScaffoldFile } from './file.ts'
import { freshFlow } from './fresh-flow.ts'
import { loadSound, servicesOf } from './load.ts'
import { checkName } from './names.ts'
import { packagesFrom } from './packages.ts'
import { planService } from './plan-service.ts'
import { temporaryFile } from './temporary-file.ts'
import { checkFree, type Tree, writeTree } from './write.ts'

export interface ScaffoldOptions {
  /** The service's name; with `from` and no `service`, that of the folder of all of them. */
  readonly name: string
  /** The folder that it is made in. */
  readonly into: string
  /** A flow file; without one a small flow is written into the service. */
  readonly from?: string
  /** One of the flow's; default all, one folder each. */
  readonly service?: string
  /** A version, or the path of a folder or tarball, of `@eventwright/core`; default `version`. */
  readonly core?: string
  /** Of this command. */
  readonly version: string
  /** With the Java application for Kafka Streams. */
  readonly streams?: boolean
}

export interface PlannedService extends Tree {
  readonly service: string
  /** Of its package. */
  readonly name: string
}

/** What would be written: nothing is, yet. */
export interface ScaffoldPlan {
  readonly folder: string
  readonly services: readonly PlannedService[]
}

/** Everything that a scaffold would write. @throws CannotScaffold FlowHasErrors FlowFileError */
export async function planScaffold(options: ScaffoldOptions): Promise<ScaffoldPlan> {
  checkName(options.name)
  const folder = join(resolve(options.into), options.name)
  await checkFree(folder)
  if (options.from === undefined) return planFresh(options, folder)
  return planFrom(options.from, options, folder)
}

async function planFrom(from: string, options: ScaffoldOptions, folder: string): Promise<ScaffoldPlan> {
  const sound = await loadSound(from)
  const wanted = servicesOf(sound.flow, from, options.service)
  const [flowPath = ''] = copyOfFlow(sound.loaded, sound.flow).flows
  const services: PlannedService[] = []
  for (const { name: service } of wanted) {
    const alone = options.service !== undefined
    const own = alone ? folder : join(folder, service)
    const name = alone ? options.name : `${options.name}-${service}`
    const files = await planService({
      ...sound,
      flowPath,
      service,
      name,
      packages: await packagesFrom(options.core, options.version, own),
      flowFrom: relative(own, resolve(from)).split(sep).join('/'),
      version: options.version,
      streams: options.streams ?? false,
    })
    services.push({ service, name, folder: own, files })
  }
  return { folder, services }
}

/** From nothing: a flow is written, and goes the way of every other flow. */
async function planFresh(options: ScaffoldOptions, folder: string): Promise<ScaffoldPlan> {
  const { name, version, streams = false } = options
  const path = `${name}.flow.yaml`
  const text = freshFlow(name)
  await using written = await temporaryFile(`${name}.flow.yaml`, text)
  const sound = await loadSound(written.path)
  const own: ScaffoldFile = { path, text, owner: 'yours' }
  const packages = await packagesFrom(options.core, version, folder)
  const files = await planService({
    ...sound,
    flowPath: path,
    service: name,
    name,
    packages,
    flowFrom: path,
    version,
    streams,
  })
  return { folder, services: [{ service: name, name, folder, files: [...files, own] }] }
}

/** Writes a plan, all of it or nothing. @throws CannotScaffold, and what the disk says */
export async function writeScaffold({ folder, services }: ScaffoldPlan): Promise<void> {
  const files = services.flatMap((service) => {
    const inside = relative(folder, service.folder).split(sep).join('/')
    return service.files.map(
      (file): ScaffoldFile => ({ ...file, path: inside === '' ? file.path : `${inside}/${file.path}` }),
    )
  })
  await writeTree({ folder, files })
}
