import { reject } from '@eventwright/core'
import { type Line, shop } from './events.ts'

export const Shipment = shop
  .aggregate<{ created: boolean }>('Shipment', { created: false })
  .decide({
    CreateShipment: ({ created }, { lines }: { lines: Line[] }, { id }) =>
      created ? reject('WrongState') : { type: 'ShipmentCreated', data: { orderId: id, lines } },
  })
  .evolve({ ShipmentCreated: () => ({ created: true }) })
