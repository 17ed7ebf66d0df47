import { partsOfStream } from '@eventwright/core'
import type { Draft, Drafts } from './draft.ts'
import { fieldsOf, textIn } from './json-object.ts'
import { READERS } from './saga-readers.ts'
import { runOf, type SagaRun, tellOpen } from './saga-run.ts'
import type { Found } from './sources.ts'

/** Reads the events of one saga's stream, in order: its runs, with the commands that they sent. */
export function readSaga(drafts: Drafts, founds: readonly Found[]): readonly Draft[] {
  const runs: SagaRun[] = []
  let run: SagaRun | undefined
  for (const found of founds) {
    const name = found.event.type.replace('eventwright.saga.', '')
    if (name === 'Started' || run === undefined) {
      run = runOf(sagaDraft(found))
      runs.push(run)
    }
    READERS[name]?.(drafts, run, found)
  }
  for (const one of runs) tellOpen(one)
  return runs.map(({ saga }) => saga)
}

function sagaDraft({ service, event: { stream, tenant, data, recordedAt } }: Found): Draft {
  const { aggregate } = partsOfStream(stream.replace(/^saga:/, ''))
  return {
    kind: 'saga',
    name: textIn(fieldsOf(data), 'saga') ?? aggregate,
    id: stream,
    ...(service === undefined ? {} : { service }),
    tenant,
    stream,
    at: recordedAt,
    outcome: 'running',
    caused: [],
  }
}
