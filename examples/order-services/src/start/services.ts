import process from 'node:process'

/** The services of the shop: each is the folder of its name. */
export const SERVICES = ['orders', 'fraud', 'inventory', 'payments', 'shipping'] as const

export type ServiceName = (typeof SERVICES)[number]

/** Seconds that the bank may take, where the environment says no others; in a shop it would be minutes. */
const BANK_PATIENCE = process.env.BANK_PATIENCE ?? '2'

/** What a service is told by its environment. */
export function environmentOf(store: string, broker: string): { readonly [name: string]: string } {
  return { STORE_URL: store, BROKER_URL: broker, BANK_PATIENCE }
}
