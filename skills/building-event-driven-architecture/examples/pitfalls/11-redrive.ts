// Two messages of a key are parked as dead letters. Somebody redrives them while two new ones of that key arrive.
import { DatabaseSync } from 'node:sqlite'
import { type Actor, everyInterleaving, pitfall, type Result } from './lab.ts'

/** Each method is one transaction. */
class Inbox {
  readonly handled: number[] = []
  private readonly db = new DatabaseSync(':memory:')
  constructor() {
    this.db.exec('CREATE TABLE parked (at INTEGER PRIMARY KEY, message INTEGER)')
    this.db.exec('INSERT INTO parked (message) VALUES (1), (2)')
  }

  /** The key is parked as long as one of its messages is. */
  arrive(message: number): string {
    if (this.head() === undefined) return this.handle(message)
    this.db.prepare('INSERT INTO parked (message) VALUES (?)').run(message)
    return `${message} arrives and queues behind`
  }

  /** Handles the oldest parked message and removes it. The key is free when that was the last one. */
  redriveOne(): string {
    const row = this.head()
    if (!row) return 'nothing is parked'
    this.db.prepare('DELETE FROM parked WHERE at = ?').run(Number(row.at))
    return `redrive: ${this.handle(Number(row.message))}`
  }

  takeAll(): readonly number[] {
    const rows = this.db.prepare('DELETE FROM parked RETURNING message').all()
    return rows.map(({ message }) => Number(message))
  }

  handle(message: number): string {
    this.handled.push(message)
    return `${message} is handled`
  }

  isParked(): boolean {
    return this.head() !== undefined
  }

  private head(): Record<string, unknown> | undefined {
    return this.db.prepare('SELECT * FROM parked ORDER BY at LIMIT 1').get()
  }
}

/** Frees the key, then handles what was parked. */
function* takeThenHandle(inbox: Inbox): Actor {
  const messages = inbox.takeAll()
  yield `redrive: takes ${messages.join(' and ')}`
  for (const message of messages) yield `redrive: ${inbox.handle(message)}`
  return undefined
}

function* oneByOne(inbox: Inbox): Actor {
  while (inbox.isParked()) yield inbox.redriveOne()
  return undefined
}

function* arrivals(inbox: Inbox): Actor {
  yield inbox.arrive(3)
  return inbox.arrive(4)
}

function redriveUnderWay(redrive: (inbox: Inbox) => Actor): Result {
  const runs = everyInterleaving(() => {
    const inbox = new Inbox()
    return {
      actors: [redrive(inbox), arrivals(inbox)],
      outcome: () => {
        while (inbox.isParked()) inbox.redriveOne()
        return inbox.handled.join(' ')
      },
    }
  })
  const wrong = runs.filter(({ outcome }) => outcome !== '1 2 3 4')
  return {
    figures: {
      'order in which they are handled, at worst': wrong[0]?.outcome ?? '1 2 3 4',
      'interleavings out of order': wrong.length,
    },
    story: wrong[0]?.story,
  }
}

await pitfall({
  title: '11. A redrive that is overtaken by what arrives meanwhile',
  naive: () => redriveUnderWay(takeThenHandle),
  mended: () => redriveUnderWay(oneByOne),
  should: { 'order in which they are handled, at worst': '1 2 3 4', 'interleavings out of order': 0 },
  fails: { 'order in which they are handled, at worst': '1 3 2 4', 'interleavings out of order': 10 },
  eventwright:
    'app.redrive(consumer, key): the key is freed in the transaction that handles its last message.',
})
