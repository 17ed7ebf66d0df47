import type { RecordedEvent } from '../event/index.ts'
import type { SagaDefinition, SagaNode, StepNode, WaitNode } from './definition.ts'
import { InvalidSaga } from './errors.ts'
import type { StepPlace } from './events.ts'
import { encodePart } from './names.ts'
import type { SagaState } from './state.ts'

/** Where nodes stand: the path of what holds them, and the innermost loop round. */
export interface Branch {
  readonly path: string
  readonly scope: string
}

export const TOP: Branch = { path: '', scope: '' }

/** The path of a node below `branch`. */
export function pathOf(branch: Branch, name: string): string {
  const part = encodePart(name)
  return branch.path === '' ? part : `${branch.path}/${part}`
}

/** The place of a step below `branch`. */
export function placeOf(branch: Branch, name: string): StepPlace {
  return { path: pathOf(branch, name), step: name, scope: branch.scope }
}

/** Below a parallel: its branches share the round that it stands in. */
export function insideParallel(branch: Branch, name: string): Branch {
  return { path: pathOf(branch, name), scope: branch.scope }
}

/** One round of a loop. */
export function roundOf(loopPath: string, index: number): Branch {
  const path = `${loopPath}/${index}`
  return { path, scope: path }
}

/** The step or wait at a path; `undefined` where the definition has it no more. */
export function nodeAt(nodes: readonly SagaNode[], path: string): StepNode | WaitNode | undefined {
  const parts = path.split('/')
  let level = nodes
  for (let at = 0; at < parts.length; at++) {
    const node = level.find(({ name }) => encodePart(name) === parts[at])
    if (node === undefined) return undefined
    if (node.kind === 'step' || node.kind === 'wait') return at === parts.length - 1 ? node : undefined
    level = node.kind === 'parallel' ? node.branches.flat() : node.body
    if (node.kind === 'each') at++
  }
  return undefined
}

/** All steps of a definition, in parallels and loops too. */
export function stepsOf(nodes: readonly SagaNode[]): readonly StepNode[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'step') return [node]
    if (node.kind === 'wait') return []
    return stepsOf(node.kind === 'parallel' ? node.branches.flat() : node.body)
  })
}

/** True if the step completes or fails by events of this type. */
export function awaits(node: StepNode, type: string): boolean {
  return node.done.includes(type) || node.failed.includes(type)
}

/**
 * True if an event may answer the step without having been caused by its command: any event of its types
 * where it sends none, else only what no saga's command caused (a gateway's call-back).
 */
export function takesFromOutside(node: StepNode, event: RecordedEvent): boolean {
  return awaits(node, event.type) && (node.send === undefined || event.metadata.saga === undefined)
}

/** True if a step that was not reached in this run may still come to await the event. */
export function awaitsLater(
  nodes: readonly SagaNode[],
  state: SagaState,
  event: RecordedEvent,
  branch: Branch = TOP,
): boolean {
  return nodes.some((node) => {
    const path = pathOf(branch, node.name)
    if (node.kind === 'wait') return false
    if (node.kind === 'step') return state.steps[path] === undefined && takesFromOutside(node, event)
    if (node.kind === 'parallel')
      return awaitsLater(node.branches.flat(), state, event, insideParallel(branch, node.name))
    const rounds = state.loops[path]
    if (rounds === undefined) return stepsOf(node.body).some((step) => takesFromOutside(step, event))
    return rounds.some((_, index) => awaitsLater(node.body, state, event, roundOf(path, index)))
  })
}

/** Refuses a definition whose steps could not be told apart or could never end. @throws InvalidSaga */
export function checkSaga(definition: SagaDefinition): void {
  if (definition.name === '' || definition.name.includes('-')) {
    throw new InvalidSaga(
      `A saga's name names its streams and has no "-": "${definition.name}" does not fit. Try ${JSON.stringify(definition.name.replaceAll('-', '_') || 'checkout')}.`,
    )
  }
  if (!Number.isInteger(definition.version) || definition.version < 1) {
    throw new InvalidSaga(`Saga ${definition.name}: its version is a whole number from 1.`)
  }
  checkSiblings(definition, definition.nodes)
}

function checkSiblings(definition: SagaDefinition, nodes: readonly SagaNode[]): void {
  const names = new Set<string>()
  for (const node of nodes) {
    if (node.name === '') throw new InvalidSaga(`Saga ${definition.name} has a step without a name.`)
    if (names.has(node.name)) {
      throw new InvalidSaga(
        `Saga ${definition.name} has two steps named "${node.name}" side by side. Give one of them another name.`,
      )
    }
    names.add(node.name)
    if (node.kind === 'step') checkStep(definition, node)
    if (node.kind === 'parallel') checkSiblings(definition, node.branches.flat())
    if (node.kind === 'each') checkSiblings(definition, node.body)
  }
}

function checkStep(definition: SagaDefinition, { name, done, failed, send, retry }: StepNode): void {
  const where = `Saga ${definition.name}, step "${name}":`
  if (done.length === 0) {
    throw new InvalidSaga(`${where} no event completes it. Name one under "done".`)
  }
  const both = done.find((type) => failed.includes(type))
  if (both !== undefined) {
    throw new InvalidSaga(`${where} ${both} stands under "done" and under "failed". Take it out of one.`)
  }
  if (retry !== undefined && send === undefined) {
    throw new InvalidSaga(`${where} it sends no command, so there is nothing to retry. Take "retry" out.`)
  }
  const { types } = definition.catalog
  const unknown = types.size > 0 && [...done, ...failed].find((type) => !types.has(type))
  if (typeof unknown === 'string') {
    throw new InvalidSaga(`${where} the catalog has no event "${unknown}". Add it, or mend the name.`)
  }
}
