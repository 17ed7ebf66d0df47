import { jsonText } from '../../event/index.ts'
import { checkId } from '../names.ts'
import { pair } from '../settle/index.ts'
import type { Tx } from '../transaction.ts'
import { checkWhole } from '../whole.ts'
import { refuseEnded, type WorkContext } from './context.ts'

export function timerWork(context: WorkContext): Tx['timers'] {
  const { engine, unit } = context
  const changed = new Map<string, { readonly due: number; readonly data: string } | undefined>()
  const check = (owner: string, id: string): void => {
    refuseEnded(context)
    checkId(owner, "a timer's owner")
    checkId(id, "a timer's id", owner, unit.tenant)
  }
  const change = (owner: string, id: string, timer: { due: number; data: string } | undefined): void => {
    check(owner, id)
    changed.set(pair(unit.tenant, owner, id), timer)
    unit.writes.timers.push({ owner, id, timer })
  }
  return {
    set({ owner, id, due, data }) {
      checkWhole(due, `the due time of timer "${id}" of "${owner}"`)
      change(owner, id, { due, data: jsonText(data, `timer "${id}" of "${owner}"`) })
    },
    cancel(owner, id) {
      change(owner, id, undefined)
    },
    async get(owner, id) {
      check(owner, id)
      const key = pair(unit.tenant, owner, id)
      if (!changed.has(key)) {
        const stored = await engine.timer(unit.tenant, owner, id)
        unit.reads.timers.push({ owner, id, revision: stored?.revision ?? 0 })
        if (!changed.has(key)) changed.set(key, stored)
      }
      const timer = changed.get(key)
      return timer === undefined ? undefined : { owner, id, due: timer.due, data: JSON.parse(timer.data) }
    },
  }
}
