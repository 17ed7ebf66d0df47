import { createReport, type Finding, inOrder, type Sources } from '../findings/index.ts'
import type { Flow, Projection, Saga } from '../model/index.ts'
import { checkDecideFiles } from './decide-file.ts'
import { readProjection } from './projection.ts'
import { type FlowFile, readFiles } from './read-files.ts'
import { define, type Reading, text } from './reading.ts'
import { readSaga } from './saga.ts'
import { readScenario } from './scenario.ts'
import { readServices, settleTopics } from './services.ts'
import { at, type Entry, entriesOf } from './tree.ts'
import { createTypeReader } from './types.ts'

/** A flow that was read. */
export type LoadedFlow = {
  /** The flow, if it can run: it has neither broken parts nor errors. */
  readonly flow?: Flow
  /** What could be resolved, for the rules of `check`; absent if a finding is `broken`. */
  readonly draft?: Flow
  /** What reading found, in the order of the files; suppressions are not applied yet. */
  readonly findings: readonly Finding[]
  readonly sources: Sources
}

/**
 * Reads flow files and whatever they import, merges them and resolves every name. Throws `FlowFileError` if a named
 * file cannot be read; everything else is a finding.
 */
export async function loadFlow(files: readonly string[]): Promise<LoadedFlow> {
  const report = createReport()
  const read = await readFiles(files, report)
  const sources: Sources = new Map(read.map((file) => [file.file, file.text]))
  const broken = (): boolean => report.findings.some((f) => f.level === 'broken')
  const done = (flow?: Flow): LoadedFlow => {
    const findings = inOrder(report.findings, [...sources.keys()])
    if (flow === undefined || broken()) return { findings, sources }
    const sound = findings.every((f) => f.level === 'warning')
    return sound ? { flow, draft: flow, findings, sources } : { draft: flow, findings, sources }
  }
  checkVersion(read, report)
  if (broken()) return done()
  const flow = resolve(read, report)
  if (broken()) return done()
  await checkDecideFiles(flow.commands.values(), report)
  return done(flow)
}

function checkVersion(files: readonly FlowFile[], report: ReturnType<typeof createReport>): void {
  for (const { tree } of files) {
    const version = at(tree, 'eventwright')
    if (version !== undefined && text(version) !== '1') {
      report(
        'unsupported-version',
        version.place,
        `This program reads version 1 of the flow file, and this is ${text(version)}.`,
        'Write `eventwright: 1`, or update eventwright.',
      )
    }
  }
  const first = files[0]
  if (first?.tree?.kind === 'map' && text(at(first.tree, 'name')) === '') {
    report(
      'missing-key',
      entriesOf(first.tree)[0]?.place ?? first.tree.place,
      'The flow has no name.',
      'Add `name:`.',
    )
  }
}

function resolve(files: readonly FlowFile[], report: ReturnType<typeof createReport>): Flow {
  const section = (name: string): Entry[] => files.flatMap((file) => [...entriesOf(at(file.tree, name))])
  const first = (key: string): string =>
    files.map((file) => text(at(file.tree, key))).find((value) => value !== '') ?? ''
  const name = first('name')
  const namespace = first('namespace') || `com.example.${name}`
  const types = createTypeReader(section('types'), report)
  const reading: Reading = {
    report,
    types,
    namespace,
    aggregates: new Map(),
    commands: new Map(),
    events: new Map(),
  }
  const shells = readServices(section('services'), reading)
  const sagas = new Map<string, Saga>()
  for (const entry of section('sagas')) {
    const saga = readSaga(entry, reading)
    if (saga !== undefined) define(sagas, entry, 'saga', () => saga, report)
  }
  const projections = new Map<string, Projection>()
  for (const entry of section('projections'))
    define(projections, entry, 'projection', () => readProjection(entry, reading), report)
  const heard = new Set([...sagas.values()].flatMap((saga) => saga.hears))
  const { services, topics } = settleTopics(shells, name, heard, reading)
  const names = { sagas, projections }
  const scenarios = section('scenarios').map((entry) => readScenario(entry, names, reading))
  const { aggregates, commands, events } = reading
  return {
    name,
    namespace,
    files: files.map((f) => f.file),
    types: types.named,
    services,
    aggregates,
    commands,
    events,
    sagas,
    projections,
    scenarios,
    topics,
  }
}
