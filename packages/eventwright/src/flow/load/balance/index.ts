export { type Balance, type BalancedApp, type BalanceOptions, checkBalance } from './balance.ts'
export { type BalanceCheck, checked, count, newWrongs, type Wrongs } from './check.ts'
