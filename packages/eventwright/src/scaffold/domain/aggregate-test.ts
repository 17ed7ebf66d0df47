import type { AggregateDefinition } from '@eventwright/core'
import type { Aggregate } from '../../flow/index.ts'
import { type Episode, episodes, plain } from './life.ts'
import { createModule } from './module.ts'
import { identifier } from './names.ts'
import type { ServiceView } from './service-view.ts'

/** `test/AGGREGATE.test.ts`: given what happened, when a command comes, then this follows. */
export function aggregateTest(
  aggregate: Aggregate,
  view: ServiceView,
  definition: AggregateDefinition,
  file: string,
): string {
  const module = createModule()
  const { names } = module
  const test = names.import('node:test', 'test')
  const scenario = names.import('@eventwright/core/testing', 'aggregateScenario')
  const constant = names.import(`../src/domain/${file}`, identifier(aggregate.name))
  const titles = new Set<string>()
  const tests = episodes(view.flow, aggregate, definition).map((episode) => {
    const given = episode.given.map(eventText)
    const before = given.length === 0 ? '' : `.given(${given.join(', ')})`
    const title = unique(titleOf(episode), titles)
    return `${test}(${JSON.stringify(title)}, () => {
  ${scenario}(${constant})${before}.when(${constant}.${commandText(episode, aggregate)})${thenText(episode)}
})`
  })
  return module.text(tests.join('\n\n'))
}

function titleOf({ command, status, outcome }: Episode): string {
  const when = status === 'none' ? 'before it begins' : `when it is ${status}`
  if ('refusal' in outcome) {
    return outcome.refusal === 'WrongState'
      ? `${command.name} is not accepted ${when}`
      : `${command.name} is refused with ${outcome.refusal}`
  }
  if (outcome.events.length === 0) return `${command.name} does nothing ${when}`
  const events = outcome.events.map(({ type }) => type).join(' and ')
  return status === 'none'
    ? `${command.name} begins with ${events}`
    : `${command.name} gives ${events} ${when}`
}

function unique(title: string, titles: Set<string>): string {
  let free = title
  for (let count = 2; titles.has(free); count++) free = `${title} (${count})`
  titles.add(free)
  return free
}

function eventText({ type, data }: { readonly type: string; readonly data: unknown }): string {
  return `{ type: ${JSON.stringify(type)}, data: ${JSON.stringify(plain(data))} }`
}

function commandText({ command, id, data }: Episode, aggregate: Aggregate): string {
  const { [aggregate.id.name]: _id, ...own } = data
  const given = Object.keys(own).length === 0 ? '' : `, ${JSON.stringify(own)}`
  return `${command.name}(${JSON.stringify(id)}${given})`
}

function thenText({ outcome }: Episode): string {
  if ('refusal' in outcome) return `.refused(${JSON.stringify(outcome.refusal)})`
  if (outcome.events.length === 0) return '.nothing()'
  return `.then(${outcome.events.map(eventText).join(', ')})`
}
