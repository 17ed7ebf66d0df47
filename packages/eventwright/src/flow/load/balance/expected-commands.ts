import { asJson, asObject } from '../../compile/plain.ts'
import {
  applyMapping,
  type Each,
  type JsonObject,
  type SagaNode,
  type Scope,
  type Step,
  sourceValue,
} from '../../model/index.ts'
import type { NodeNames } from './node-names.ts'
import type { SagaRun } from './saga-run.ts'

/** A command that the flow has a saga send, worked out from its start and the answers. */
export interface ExpectedCommand {
  readonly step: Step
  readonly command: string
  readonly id: string
  readonly data: JsonObject
}

/** Every command that a run sends on its way to the end, on the flow's terms. Throws what an expression throws. */
export function expectedCommands(
  { saga, start, answers }: Pick<SagaRun, 'saga' | 'start' | 'answers'>,
  names: NodeNames,
): readonly ExpectedCommand[] {
  const answered = new Map(answers.map(({ path, data }) => [path, data]))

  function walk(nodes: readonly SagaNode[], branch: string, outer: Scope): readonly ExpectedCommand[] {
    let scope = outer
    return nodes.flatMap((node): readonly ExpectedCommand[] => {
      const path = below(branch, names.get(node) ?? '')
      if (node.kind === 'parallel') return walk(node.nodes, path, scope)
      if (node.kind === 'each') return loop(node, path, scope)
      if (node.kind === 'wait') return []
      const sent = commandOf(node, scope)
      if (answered.has(path)) scope = { ...scope, [node.name]: asObject(answered.get(path)) }
      return sent
    })
  }

  function loop({ list, nodes }: Each, path: string, scope: Scope): readonly ExpectedCommand[] {
    const items = list.evaluate(scope)
    const rounds = Array.isArray(items) ? items : []
    return rounds.flatMap((item, index) =>
      walk(nodes, `${path}/${index}`, { ...scope, item: asJson(item), index }),
    )
  }

  return walk(saga.nodes, '', { start })
}

function commandOf(step: Step, scope: Scope): readonly ExpectedCommand[] {
  const { send } = step
  if (!send) return []
  const id = String(sourceValue(send.id, scope) ?? '')
  return [{ step, command: send.command, id, data: applyMapping(send.data, scope) }]
}

function below(branch: string, name: string): string {
  const part = encodeURIComponent(name)
  return branch === '' ? part : `${branch}/${part}`
}
