import {
  type Aggregate,
  AggregateRoot,
  buildAggregate,
  buildFromClass,
  type Command,
  type Refusal,
  reject,
} from '../../aggregate/index.ts'
import { type Catalog, createCatalog } from '../../catalog/index.ts'
import type { PendingEventOf } from '../../event/index.ts'

/** The events of the suite's aggregate. */
export type AccountEvents = {
  Opened: { owner: string }
  Deposited: { amount: number }
  Withdrawn: { amount: number }
}

/** The commands of the suite's aggregate, in both styles. */
export interface AccountCommands {
  readonly open: (id: string, data: { owner: string }) => Command
  /** Of 0 it gives nothing, of 1000 two events. */
  readonly deposit: (id: string, data: { amount: number }) => Command
  /** Refused as `NotEnough`; of a negative amount it throws. */
  readonly withdraw: (id: string, data: { amount: number }) => Command
}

const amount = { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] }

/** The suite's catalog; `version` is the newest one of `Deposited`. */
export function accountCatalog(version = 1): Catalog<AccountEvents> {
  return createCatalog<AccountEvents>({
    namespace: 'com.example.bank',
    schemas: { Opened: { type: 'object', properties: { owner: {} } }, Deposited: amount, Withdrawn: amount },
    upcasters: version === 1 ? {} : { Deposited: { 1: (old) => old } },
  })
}

export interface AccountOptions {
  readonly catalog?: Catalog<AccountEvents>
  readonly snapshots?: { readonly every: number; readonly version: number }
  /** Called whenever an event is folded in. */
  readonly onEvolve?: () => void
  /** Called whenever a command is decided. */
  readonly onDecide?: () => void
}

/** An account in the chain's style. */
export function account(options: AccountOptions = {}): Aggregate<AccountCommands> {
  const { catalog = accountCatalog(), snapshots, onEvolve, onDecide } = options
  const chain = buildAggregate(catalog, 'account', { open: false, balance: 0 }).decide({
    open: (s, c: { owner: string }) => (s.open ? reject('AlreadyOpen') : { type: 'Opened', data: c }),
    deposit: (_s, c: { amount: number }) => {
      onDecide?.()
      if (c.amount === 0) return []
      const halves = c.amount === 1000 ? [500, 500] : [c.amount]
      return halves.map((amount) => ({ type: 'Deposited', data: { amount } }))
    },
    withdraw: (s, c: { amount: number }) => {
      if (c.amount < 0) throw new RangeError('a negative amount')
      const short = s.balance < c.amount
      return short ? reject('NotEnough', `${s.balance} left`) : { type: 'Withdrawn', data: c }
    },
  })
  return (snapshots === undefined ? chain : chain.snapshots(snapshots)).evolve({
    Opened: (s) => ({ ...s, open: true }),
    Deposited: (s, e) => {
      onEvolve?.()
      return { ...s, balance: s.balance + e.data.amount }
    },
    Withdrawn: (s, e) => ({ ...s, balance: s.balance - e.data.amount }),
  })
}

class AccountRoot extends AggregateRoot<AccountEvents> {
  private isOpen = false
  private balance = 0

  open(data: { owner: string }): Refusal | undefined {
    if (this.isOpen) return reject('AlreadyOpen')
    this.raise('Opened', data)
    return undefined
  }

  deposit({ amount }: { amount: number }): void {
    if (amount === 0) return
    const halves = amount === 1000 ? [500, 500] : [amount]
    for (const half of halves) this.raise('Deposited', { amount: half })
  }

  withdraw(data: { amount: number }): Refusal | undefined {
    if (data.amount < 0) throw new RangeError('a negative amount')
    // What was raised before a refusal did not happen.
    this.raise('Withdrawn', data)
    const left = this.balance + data.amount
    return this.balance < 0 ? reject('NotEnough', `${left} left`) : undefined
  }

  protected override when(event: PendingEventOf<AccountEvents>): void {
    if (event.type === 'Opened') this.isOpen = true
    if (event.type === 'Deposited') this.balance += event.data.amount
    if (event.type === 'Withdrawn') this.balance -= event.data.amount
  }
}

/** The same account as a class. */
export function accountFromClass(options: AccountOptions = {}): Aggregate<AccountCommands> {
  const { catalog = accountCatalog(), snapshots } = options
  const commands = ['open', 'deposit', 'withdraw'] as const
  return buildFromClass(
    catalog,
    'account',
    AccountRoot,
    commands,
    snapshots === undefined ? {} : { snapshots },
  )
}
