import { type BalanceCheck, checked, count, type Wrongs } from './balance/index.ts'
import type { LoadFigures } from './figures.ts'

/** Every order was answered, and the flow took some of them. */
export function ordersCheck(
  { sent, accepted, unanswered }: LoadFigures,
  failures: Wrongs,
  starters: readonly string[],
): BalanceCheck {
  const refused = sent - accepted - unanswered
  if (sent > 0 && accepted === 0) failures.add('the flow took none of them')
  const says = `${count(sent)} sent = ${count(accepted)} accepted + ${count(refused)} refused + ${count(unanswered)} failed`
  return checked(
    {
      check: 'orders',
      of: starters.join(', '),
      says,
      figures: { sent, accepted, refused, failed: unanswered },
    },
    failures,
  )
}

/** What expressions and `decide:` files threw while the flow ran. */
export function faultsCheck(faults: Wrongs): BalanceCheck {
  const says = faults.count === 0 ? 'no expression failed' : `expressions failed ${count(faults.count)} times`
  return checked({ check: 'expressions', of: '', says, figures: { faults: faults.count } }, faults)
}
