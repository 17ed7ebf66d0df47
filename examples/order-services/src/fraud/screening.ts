import { reject } from '@eventwright/core'
import { z } from 'zod'
import { shop } from './events.ts'

const RISKY = 500_000

export const Screening = shop
  .aggregate<{ done: boolean }>('Screening', { done: false })
  .decide({
    ScreenOrder: ({ done }, { total }: { total: number }, { id }) => {
      if (done) return reject('WrongState')
      return { type: total > RISKY ? 'FraudSuspected' : 'FraudCleared', data: { orderId: id } }
    },
  })
  .commands({ ScreenOrder: z.strictObject({ total: z.int().min(1) }) })
  .evolve({
    FraudCleared: () => ({ done: true }),
    FraudSuspected: () => ({ done: true }),
  })
