import { isDeepStrictEqual } from 'node:util'
import { type App, isTechnical, type RecordedEvent } from '@eventwright/core'
import { rowChanges } from '../../compile/projection.ts'
import type { Flow, JsonObject, Projection } from '../../model/index.ts'
import { type BalanceCheck, checked, count, newWrongs, type Wrongs } from './check.ts'

/** What a projection's rows are read from. */
export type ReadModel = Pick<App, 'documents' | 'caughtUp'>

export interface ProjectionCheck {
  see(event: RecordedEvent): void
  checks(model: ReadModel, tenant: string, to: number): Promise<readonly BalanceCheck[]>
}

/** Folds every projection of the flow from the beginning of the log, and holds its rows against that. */
export function projectionCheck(flow: Flow): ProjectionCheck {
  const folds = [...flow.projections.values()].map(newFold)
  return {
    see(event) {
      if (!isTechnical(event.type)) for (const fold of folds) fold.see(event)
    },
    async checks(model, tenant, to) {
      const all: BalanceCheck[] = []
      for (const fold of folds) all.push(await compare(fold, model, tenant, to))
      return all
    },
  }
}

interface Fold {
  readonly projection: Projection
  /** What the rows should be; whatever is compared is taken out. */
  readonly rows: Map<string, JsonObject>
  readonly wrong: Wrongs
  see(event: RecordedEvent): void
}

function newFold(projection: Projection): Fold {
  const rows = new Map<string, JsonObject>()
  const wrong = newWrongs()
  const heard = new Set(projection.handlers.map(({ event }) => event))
  const changeBy = rowChanges(projection)
  return {
    projection,
    rows,
    wrong,
    see(event) {
      const found = heard.has(event.type) ? changeBy(event) : undefined
      if (!found) return
      try {
        const row = found.change(rows.get(found.key))
        if (row) rows.set(found.key, row)
        else rows.delete(found.key)
      } catch (error) {
        wrong.add(`${event.type} at ${event.position} cannot be taken: ${messageOf(error)}`)
      }
    },
  }
}

async function compare(
  { projection, rows, wrong }: Fold,
  model: ReadModel,
  tenant: string,
  to: number,
): Promise<BalanceCheck> {
  const { name } = projection
  const expected = rows.size
  try {
    await model.caughtUp(name, to, { timeout: CATCH_UP })
    for await (const { id, value } of rowsOf(model, name, tenant)) {
      const own = rows.get(id)
      rows.delete(id)
      if (!own) wrong.add(`${id} is a row that no event makes`)
      else if (!same(projection, own, value)) {
        wrong.add(`${id} is ${JSON.stringify(value)}, the events say ${JSON.stringify(own)}`)
      }
    }
    for (const id of rows.keys()) wrong.add(`${id} is missing`)
  } catch (error) {
    wrong.add(messageOf(error))
  }
  const says = `${count(expected)} rows are what the log folds to`
  return checked({ check: 'projection', of: name, says, figures: { rows: expected } }, wrong)
}

/** A busy machine is not taken for a projection that stands still. */
const CATCH_UP = 10_000
const PAGE = 1000

async function* rowsOf(
  model: ReadModel,
  name: string,
  tenant: string,
): AsyncGenerator<{ readonly id: string; readonly value: JsonObject }> {
  const documents = model.documents<JsonObject>(name, { tenant })
  for (let after = ''; ; ) {
    const page = await documents.list({ limit: PAGE, ...(after === '' ? {} : { after }) })
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.id
  }
}

/** What is written by hand may keep more than the flow's fields. */
function same({ fields }: Projection, one: JsonObject, other: JsonObject): boolean {
  return fields.every(({ name }) => isDeepStrictEqual(one[name], other[name]))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
