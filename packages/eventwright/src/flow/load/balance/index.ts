export { type Balance, type BalancedApp, type BalanceOptions, checkBalance } from './balance.ts'
export type { BalanceCheck } from './check.ts'
