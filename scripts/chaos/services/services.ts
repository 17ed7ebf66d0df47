import type { Command } from '@eventwright/core'
import type { ServiceCode } from '../../../examples/order-services/src/program/serve.ts'

/** The services of examples/order-services, with their code: each process loads its own only. */
const CODE = {
  orders: async () => (await import('../../../examples/order-services/src/orders/service.ts')).orders,
  fraud: async () => (await import('../../../examples/order-services/src/fraud/service.ts')).fraud,
  inventory: async () =>
    (await import('../../../examples/order-services/src/inventory/service.ts')).inventory,
  payments: async () => (await import('../../../examples/order-services/src/payments/service.ts')).payments,
  shipping: async () => (await import('../../../examples/order-services/src/shipping/service.ts')).shipping,
} as const

export type ServiceName = keyof typeof CODE
export const SERVICES: readonly ServiceName[] = ['orders', 'fraud', 'inventory', 'payments', 'shipping']

/** What a service is made of. */
export function codeOf(service: ServiceName): Promise<ServiceCode> {
  return CODE[service]()
}

/** Where those outside send their commands. */
export function serviceOf(aggregate: string): ServiceName {
  if (aggregate === 'Order') return 'orders'
  return aggregate === 'Stock' ? 'inventory' : 'payments'
}

/** In the flow file an aggregate's id is a field of its commands; by hand it is said once, beside the data. */
export function withoutId(command: Command): Command {
  const name = command.aggregate === 'Stock' ? 'sku' : 'orderId'
  const data = Object.entries(Object(command.data)).filter(([field]) => field !== name)
  return { ...command, data: Object.fromEntries(data) }
}

/** The processes of a service: two of those in `pairs`, as behind a load balancer. */
export function instancesOf(service: ServiceName, pairs: readonly ServiceName[]): readonly string[] {
  return pairs.includes(service) ? [`${service}-1`, `${service}-2`] : [`${service}-1`]
}
