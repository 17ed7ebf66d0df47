import { NONE } from '../model/index.ts'
import { lifeOf } from './life.ts'
import type { Rule } from './rule.ts'

export const eventCreatesNoState: Rule = {
  code: 'event-creates-no-state',
  *find(flow) {
    for (const aggregate of flow.aggregates.values()) {
      const first = lifeOf(flow, aggregate).filter((t) => t.from === NONE && t.to === NONE)
      for (const name of new Set(first.map((t) => t.event))) {
        const event = flow.events.get(name)
        if (event === undefined) continue
        const message = `\`${name}\` can be the first event of a stream, and leads to no state.`
        yield { place: event.place, message, mend: 'Give it `to:`.' }
      }
    }
  },
}
