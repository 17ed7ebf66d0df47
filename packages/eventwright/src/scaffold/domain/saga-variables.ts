import type { Field, FieldType, Flow, Step } from '../../flow/index.ts'
import type { Variable } from './cel/index.ts'

const PLACE = { file: '', line: 0, column: 0, length: 0 }
const STRING: FieldType = { kind: 'string' }

function field(name: string, type: FieldType, optional: boolean): Field {
  return { name, type, optional, example: name, schema: {}, place: PLACE }
}

/** `failure` in compensations: it is there then, which TypeScript does not know. */
export const FAILURE: Variable = {
  code: 'failure',
  absent: true,
  fields: new Map([['step', "(failure?.step ?? '')"]]),
  type: {
    kind: 'object',
    open: false,
    fields: [
      field('step', STRING, false),
      field('event', STRING, true),
      field('refusal', STRING, true),
      field('data', { kind: 'any' }, true),
    ],
  },
}

/** The answer of an earlier step: what all its `done` events have is there, the rest may be. */
export function answerVariable(step: Step, flow: Flow, code: string): Variable {
  const payloads = step.done.flatMap(({ event }) => flow.events.get(event)?.payload ?? [])
  const fields = new Map<string, Field>()
  for (const one of payloads.flatMap((payload) => payload.fields)) {
    const everywhere = payloads.every((payload) =>
      payload.fields.some(({ name, optional }) => name === one.name && !optional),
    )
    fields.set(one.name, { ...one, optional: !everywhere })
  }
  return {
    code,
    type: { kind: 'object', fields: [...fields.values()], open: false },
    union: payloads.length > 1,
  }
}
