// A saga reserves stock. The command is stuck, the time runs out, the saga releases: and the release arrives first.
// Both messages may come twice.
import { DatabaseSync } from 'node:sqlite'
import { type Actor, everyInterleaving, pitfall, type Result } from './lab.ts'

const command = { id: 'o-1/reserve', order: 'o-1' }

class Stock {
  private readonly db = new DatabaseSync(':memory:')
  private readonly remembers: boolean
  constructor(remembers: boolean) {
    this.remembers = remembers
    this.db.exec('CREATE TABLE held (order_id TEXT PRIMARY KEY)')
    this.db.exec('CREATE TABLE handled (command_id TEXT PRIMARY KEY)')
  }

  reserve(): string {
    if (!this.accept()) return 'reserve: was handled or undone before, refused'
    this.db.prepare('INSERT INTO held VALUES (?)').run(command.order)
    return 'reserve: held'
  }

  /** With memory, a release takes the forward command's id for good, also where it finds nothing to release. */
  release(): string {
    this.db.exec('BEGIN IMMEDIATE')
    const { changes } = this.db.prepare('DELETE FROM held WHERE order_id = ?').run(command.order)
    if (this.remembers) this.accept()
    this.db.exec('COMMIT')
    return `release: ${changes === 1 ? 'released' : 'nothing is held, done'}`
  }

  held(): number {
    return Number(this.db.prepare('SELECT count(*) AS n FROM held').get()?.n)
  }

  private accept(): boolean {
    const insert = this.db.prepare('INSERT INTO handled VALUES (?) ON CONFLICT DO NOTHING')
    return insert.run(command.id).changes === 1
  }
}

function* twice(deliver: () => string): Actor {
  yield deliver()
  return deliver()
}

function inEveryOrder(remembers: boolean): Result {
  const runs = everyInterleaving(() => {
    const stock = new Stock(remembers)
    return {
      actors: [twice(() => stock.reserve()), twice(() => stock.release())],
      outcome: () => stock.held(),
    }
  })
  const wrong = runs.filter(({ outcome }) => outcome > 0)
  return {
    figures: {
      'orders of arrival': runs.length,
      'of these, such that stock is held for ever': wrong.length,
    },
    story: wrong[0]?.story,
  }
}

await pitfall({
  title: '7. A compensation that overtakes what it undoes',
  naive: () => inEveryOrder(false),
  mended: () => inEveryOrder(true),
  should: { 'orders of arrival': 6, 'of these, such that stock is held for ever': 0 },
  fails: { 'of these, such that stock is held for ever': 1 },
  eventwright:
    'a compensation takes the forward command’s id in its own transaction; that command is refused.',
})
