import { reject } from '@eventwright/core'
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
  .evolve({
    FraudCleared: () => ({ done: true }),
    FraudSuspected: () => ({ done: true }),
  })
