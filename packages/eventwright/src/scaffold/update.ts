import { readFile, rm } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { createTwoFilesPatch } from 'diff'
import { copyOfFlow } from './domain/flow-files.ts'
import type { ScaffoldFile } from './file.ts'
import { loadSound, servicesOf } from './load.ts'
import { planService } from './plan-service.ts'
import { hashOfText, RECORD_PATH, readRecord, type ScaffoldRecord, textOfRecord } from './record.ts'
import { writeOne } from './write.ts'

export interface UpdateOptions {
  /** Of the service. */
  readonly folder: string
  /** The flow file, where it is not any more where it was. */
  readonly from?: string
  /** Of this command. */
  readonly version: string
}

/** What an update would do. */
export interface UpdatePlan {
  readonly folder: string
  readonly service: string
  /** Generated files that become others. */
  readonly changed: readonly Change[]
  /** Files that are not there yet. */
  readonly added: readonly ScaffoldFile[]
  /** Generated files that the flow has no use for any more. */
  readonly removed: readonly Change[]
  readonly record: ScaffoldFile
  /** True where not even the record would change. */
  readonly inStep: boolean
}

/** A generated file that becomes another one, or goes. */
export interface Change {
  readonly path: string
  /** Unified. */
  readonly diff: string
  /** True: it is not as it was written, so somebody's work would be lost. */
  readonly editedByHand: boolean
  /** What it becomes; absent where it goes. */
  readonly file?: ScaffoldFile
}

/** Compares a service with its flow. @throws CannotScaffold FlowHasErrors FlowFileError */
export async function planUpdate({ folder, from, version }: UpdateOptions): Promise<UpdatePlan> {
  const record = await readRecord(folder)
  const file = from ?? join(folder, record.flow)
  const wanted = await wantedFiles(folder, record, file, version)
  const old = await oldTexts(folder, record, wanted)
  const fresh = wanted.filter(({ path }) => path !== RECORD_PATH)
  const changed = fresh.flatMap((one) => changeOf(one, old, record))
  const added = fresh.filter((one) => isNew(one, old, record))
  const removed = goneFrom(record, old, new Set(fresh.map(({ path }) => path)))
  const next = recordAfter(record, wanted)
  const inStep = changed.length + added.length + removed.length === 0 && next.text === old.get(RECORD_PATH)
  return { folder, service: record.service, changed, added, removed, record: next, inStep }
}

/** Writes an update: each file whole, the record last, so that one that was cut off can be run again. */
export async function writeUpdate({ folder, changed, added, removed, record }: UpdatePlan): Promise<void> {
  for (const file of [...changed.flatMap((change) => change.file ?? []), ...added])
    await writeOne(folder, file)
  for (const { path } of removed) await rm(join(folder, path), { force: true })
  await writeOne(folder, record)
}

async function wantedFiles(
  folder: string,
  record: ScaffoldRecord,
  file: string,
  version: string,
): Promise<readonly ScaffoldFile[]> {
  const sound = await loadSound(file)
  servicesOf(sound.flow, file, record.service)
  return planService({
    ...sound,
    flowPath: ownFlow(folder, file) ?? copyOfFlow(sound.loaded, sound.flow).flows[0] ?? '',
    service: record.service,
    name: record.name,
    packages: { core: version, command: version },
    flowFrom: relative(folder, resolve(file)).split(sep).join('/'),
    version,
    streams: record.streams,
  })
}

/** The flow file where it stands in the service itself. */
function ownFlow(folder: string, file: string): string | undefined {
  const path = relative(resolve(folder), resolve(file)).split(sep).join('/')
  return path.startsWith('../') || isAbsolute(path) ? undefined : path
}

type Texts = ReadonlyMap<string, string>

async function oldTexts(
  folder: string,
  record: ScaffoldRecord,
  wanted: readonly ScaffoldFile[],
): Promise<Texts> {
  const paths = new Set([...wanted.map(({ path }) => path), ...Object.keys(record.generated)])
  const found = await Promise.all(
    [...paths].map(async (path) => [path, await readFile(join(folder, path), 'utf8').catch(absent)] as const),
  )
  return new Map(found.flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const])))
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}

function changeOf(file: ScaffoldFile, old: Texts, record: ScaffoldRecord): readonly Change[] {
  const before = old.get(file.path)
  if (file.owner === 'yours' || before === undefined || hashOfText(before) === hashOfText(file.text))
    return []
  return [{ path: file.path, file, ...difference(file.path, before, file.text, record) }]
}

function goneFrom(record: ScaffoldRecord, old: Texts, wanted: ReadonlySet<string>): readonly Change[] {
  return Object.keys(record.generated).flatMap((path) => {
    const before = old.get(path)
    if (wanted.has(path) || before === undefined) return []
    return [{ path, ...difference(path, before, '', record) }]
  })
}

function difference(path: string, before: string, after: string, record: ScaffoldRecord) {
  const diff = createTwoFilesPatch(`a/${path}`, `b/${path}`, before.replaceAll('\r\n', '\n'), after)
  return { diff, editedByHand: hashOfText(before) !== record.generated[path] }
}

/** What is yours and was written once is not written again, also where you took it away. */
function isNew({ path, owner }: ScaffoldFile, old: Texts, record: ScaffoldRecord): boolean {
  if (old.has(path)) return false
  return owner === 'generated' || !record.yours.includes(path)
}

function recordAfter(before: ScaffoldRecord, wanted: readonly ScaffoldFile[]): ScaffoldFile {
  const file = wanted.find(({ path }) => path === RECORD_PATH)
  const next: ScaffoldRecord = JSON.parse(file?.text ?? '{}')
  return textOfRecord({ ...next, yours: [...new Set([...before.yours, ...next.yours])].sort() })
}
