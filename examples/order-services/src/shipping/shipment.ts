import { reject } from '@eventwright/core'
import { z } from 'zod'
import { type Lines, lines, shop } from './events.ts'

export const Shipment = shop
  .aggregate<{ created: boolean }>('Shipment', { created: false })
  .decide({
    CreateShipment: ({ created }, goods: { lines: Lines }, { id }) =>
      created ? reject('WrongState') : { type: 'ShipmentCreated', data: { orderId: id, lines: goods.lines } },
  })
  .commands({ CreateShipment: z.strictObject({ lines }) })
  .evolve({ ShipmentCreated: () => ({ created: true }) })
