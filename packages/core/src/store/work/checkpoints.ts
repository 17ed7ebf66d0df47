import { CheckpointMoved, EpochChanged } from '../errors.ts'
import { checkId } from '../names.ts'
import type { Tx } from '../transaction.ts'
import { checkWhole } from '../whole.ts'
import { refuseEnded, underWay, type WorkContext } from './context.ts'

export function checkpointWork(context: WorkContext): Tx['checkpoint'] {
  const { engine, unit } = context
  const advanced = new Map<string, number>()
  const stands = async (name: string): Promise<number> => {
    refuseEnded(context)
    checkId(name, 'a checkpoint', unit.tenant)
    const known = advanced.get(name) ?? unit.reads.checkpoints.get(name)
    if (known !== undefined) return known
    const stored = await engine.checkpoint(unit.tenant, name)
    if (stored !== undefined && stored.epoch !== engine.epoch) {
      throw new EpochChanged(name, stored.epoch, engine.epoch)
    }
    return stored?.position ?? 0
  }
  return {
    async get(name) {
      const position = await stands(name)
      if (!advanced.has(name)) unit.reads.checkpoints.set(name, position)
      return position
    },
    async advance(name, from, to) {
      checkWhole(to, `the position of checkpoint "${name}"`, 0)
      const position = await underWay(context, () => stands(name))
      if (position !== from) throw new CheckpointMoved(name, from, position)
      advanced.set(name, to)
      unit.writes.advances.push({ name, from, to })
    },
  }
}
