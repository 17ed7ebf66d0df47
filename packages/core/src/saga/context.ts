import type { RecordedEvent } from '../event/index.ts'
import type { SagaContext, SagaDefinition } from './definition.ts'
import type { SagaState, StepState } from './state.ts'

/** What a step's functions see at a place: the answers of its own round and of the rounds around it. */
export function contextAt(
  { catalog }: SagaDefinition,
  state: SagaState & { readonly start: RecordedEvent },
  scope: string,
  now: number,
): SagaContext {
  const answers = Object.values(state.steps)
    .filter((step) => isAnswered(step) && isVisible(step.scope, scope))
    .sort((a, b) => (a.finished ?? 0) - (b.finished ?? 0))
    .flatMap(({ step, answer }) => (answer === undefined ? [] : [[step, catalog.upcast(answer)] as const]))
  return {
    key: state.key,
    start: catalog.upcast(state.start),
    answers: Object.fromEntries(answers),
    ...roundAt(state, scope),
    ...(state.failure === undefined ? {} : { failure: state.failure }),
    now,
  }
}

function isAnswered(step: StepState): boolean {
  return step.answer !== undefined
}

function isVisible(from: string, scope: string): boolean {
  return from === '' || from === scope || scope.startsWith(`${from}/`)
}

function roundAt(state: SagaState, scope: string): Pick<SagaContext, 'item' | 'index'> {
  if (scope === '') return {}
  const cut = scope.lastIndexOf('/')
  const index = Number(scope.slice(cut + 1))
  return { item: state.loops[scope.slice(0, cut)]?.[index], index }
}
