import { catalog } from '@eventwright/core'
import { SCHEMA, TYPE } from '../store/sides/order.mjs'

export const COLLECTION = 'demand'

const shop = catalog({ namespace: 'com.example.bench', schemas: { [TYPE]: SCHEMA } })

/** Whose streams the stores are filled with, see `oldStream`. */
export const Order = shop
  .aggregate('order', { placed: 0 })
  .decide({ place: (_, data) => ({ type: TYPE, data }) })
  .evolve({ [TYPE]: ({ placed }) => ({ placed: placed + 1 }) })

/** What a customer bought: the effect of projections and consumers. */
export const add = (before, { total }) => ({
  orders: (before?.orders ?? 0) + 1,
  total: (before?.total ?? 0) + total,
})

const bought = (event, tx) =>
  tx.documents(COLLECTION).update(event.data.customerId, (before) => add(before, event.data))

export const demand = shop.projection(COLLECTION, 1, { [TYPE]: bought })

/** Hears the events of a service. @param {string} service */
export const buyers = (service) =>
  shop.consumer(`${service}-buyers`, { topics: [`${service}.events`], on: { [TYPE]: bought } })
