// A customer moves twice. The first message cannot be handled until somebody mends the handler; the second one can.
// Another customer's message stands behind them.
import { DatabaseSync } from 'node:sqlite'
import { pitfall, type Result } from './lab.ts'

interface Message {
  readonly key: string
  readonly address: string
}
const topic: readonly Message[] = [
  { key: 'ada', address: 'Old Lane 1' },
  { key: 'ada', address: 'New Road 2' },
  { key: 'bob', address: 'High Street 3' },
]

/** The handler has a fault that one message runs into. `mend` is the release that comes the day after. */
class Addresses {
  readonly now = new Map<string, string>()
  readonly atFirst = new Set<string>()
  attempts = 0
  private broken = true

  handle({ key, address }: Message): boolean {
    this.attempts += 1
    if (this.broken && address.startsWith('Old')) return false
    this.now.set(key, address)
    if (this.broken) this.atFirst.add(key)
    return true
  }

  mend(): void {
    this.broken = false
  }
}

/** Nothing passes until the first message is through. It would try for ever; here, for a thousand times. */
function retryInPlace(addresses: Addresses): void {
  const [first] = topic
  while (first && addresses.attempts < 1000 && !addresses.handle(first));
  addresses.mend()
  for (const message of topic) addresses.handle(message)
}

/** What fails goes to a retry topic, and what stands behind it is handled meanwhile. */
function retryTopic(addresses: Addresses): void {
  const later = topic.filter((message) => !addresses.handle(message))
  addresses.mend()
  for (const message of later) addresses.handle(message)
}

/** After three attempts the message is parked, and so is all that follows of its key. Other keys go on. */
function parkTheKey(addresses: Addresses): void {
  const db = new DatabaseSync(':memory:')
  db.exec('CREATE TABLE parked (at INTEGER PRIMARY KEY, key TEXT, address TEXT)')
  const isParked = (key: string) => db.prepare('SELECT 1 FROM parked WHERE key = ?').get(key) !== undefined
  const park = ({ key, address }: Message) =>
    db.prepare('INSERT INTO parked (key, address) VALUES (?, ?)').run(key, address)

  for (const message of topic) {
    if (isParked(message.key)) park(message)
    else if (!tryThrice(addresses, message)) park(message)
  }
  addresses.mend()
  for (const { at, key, address } of db.prepare('SELECT * FROM parked ORDER BY at').all()) {
    if (!addresses.handle({ key: String(key), address: String(address) })) return
    db.prepare('DELETE FROM parked WHERE at = ?').run(Number(at))
  }
}

function tryThrice(addresses: Addresses, message: Message): boolean {
  return [1, 2, 3].some(() => addresses.handle(message))
}

function run(version: (addresses: Addresses) => void): readonly [number, number, number] {
  const addresses = new Addresses()
  version(addresses)
  const blocked = addresses.atFirst.has('bob') ? 0 : 1
  const stale = addresses.now.get('ada') === 'New Road 2' ? 0 : 1
  return [blocked, stale, addresses.attempts]
}

function tell(...runs: (readonly [number, number, number])[]): Result {
  const sum = (of: 0 | 1 | 2): number => runs.reduce((all, each) => all + each[of], 0)
  return {
    figures: {
      'other customers who wait for the mend': sum(0),
      'customers left at their old address': sum(1),
      'attempts in all': sum(2),
    },
    story: ['tried in place: all keys wait', 'sent to a retry topic: New Road 2 is overtaken by Old Lane 1'],
  }
}

await pitfall({
  title: '5. A poison message: tried in place it blocks, sent aside it is overtaken',
  naive: () => tell(run(retryInPlace), run(retryTopic)),
  mended: () => tell(run(parkTheKey)),
  should: {
    'other customers who wait for the mend': 0,
    'customers left at their old address': 0,
    'attempts in all': 6,
  },
  fails: {
    'other customers who wait for the mend': 1,
    'customers left at their old address': 1,
    'attempts in all': 1007,
  },
  eventwright: 'after retry.attempts a message is parked, and later ones of its key behind it.',
})
