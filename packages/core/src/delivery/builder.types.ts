import type { Catalog } from '../catalog/index.ts'
import { buildConsumer, type ConsumerDefinition } from './index.ts'

declare const shop: Catalog<{
  OrderPlaced: { sku: string; quantity: number }
  OrderCancelled: { reason: string }
}>

export const inferred: ConsumerDefinition = buildConsumer(shop, 'mail', {
  topics: ['shop.events'],
  on: {
    OrderPlaced: async (event, tx) => {
      const quantity: number = event.data.quantity
      tx.documents<number>('sold').put(event.data.sku, quantity)
      await tx.append(`mail-${event.data.sku}`, [{ type: 'MailSent', data: {} }])
      // @ts-expect-error a payload has no field that its type does not declare
      event.data.reason
      // @ts-expect-error the inbox is the machinery's
      tx.inbox
      // @ts-expect-error the fence is the machinery's
      tx.fence
    },
  },
})

export const unknownEvent: ConsumerDefinition = buildConsumer(shop, 'mail', {
  topics: ['shop.events'],
  on: {
    // @ts-expect-error the catalog has no such event
    OrderShipped: async () => {},
  },
})

// @ts-expect-error topics are needed
export const withoutTopics: ConsumerDefinition = buildConsumer(shop, 'mail', { on: {} })
