// Three customers want the last mug. Each request reads the events of the shelf, decides, and appends.
import { DatabaseSync } from 'node:sqlite'
import { type Actor, everyInterleaving, pitfall, type Result } from './lab.ts'

class Shelf {
  private readonly db = new DatabaseSync(':memory:')
  constructor() {
    this.db.exec('CREATE TABLE events (version INTEGER PRIMARY KEY, quantity INTEGER)')
    this.append(1, 0)
  }

  read(): { left: number; version: number } {
    const row = this.db.prepare('SELECT sum(quantity) AS left, max(version) AS version FROM events').get()
    return { left: Number(row?.left), version: Number(row?.version) }
  }

  /** Without `expect` the event goes behind whatever is there; with it, only behind what was read. */
  append(quantity: number, expect: number = this.read().version): boolean {
    const insert = this.db.prepare('INSERT INTO events VALUES (?, ?) ON CONFLICT DO NOTHING')
    return insert.run(expect + 1, quantity).changes === 1
  }
}

function* hopeful(name: string, shelf: Shelf): Actor {
  const { left } = shelf.read()
  yield `${name} reads: ${left} left`
  if (left < 1) return `${name} is refused`
  shelf.append(-1)
  return `${name} buys`
}

/** It appends behind the version that it decided on. When that fails, it reads and decides anew. */
function* careful(name: string, shelf: Shelf): Actor {
  for (;;) {
    const { left, version } = shelf.read()
    yield `${name} reads: ${left} left, version ${version}`
    if (left < 1) return `${name} is refused`
    if (shelf.append(-1, version)) return `${name} buys`
    yield `${name} is too late: the shelf is not at version ${version} any more`
  }
}

function sell(customer: (name: string, shelf: Shelf) => Actor): Result {
  const runs = everyInterleaving(() => {
    const shelf = new Shelf()
    return {
      actors: ['Ada', 'Bob', 'Cy'].map((name) => customer(name, shelf)),
      outcome: () => shelf.read().left,
    }
  })
  const wrong = runs.filter(({ outcome }) => outcome !== 0)
  return {
    figures: {
      'mugs left, at worst': Math.min(...runs.map(({ outcome }) => outcome)),
      'interleavings with more sold than there was': wrong.length,
    },
    story: wrong[0]?.story,
  }
}

await pitfall({
  title: '9. Two writers on one stream, and no expected version',
  naive: () => sell(hopeful),
  mended: () => sell(careful),
  should: { 'mugs left, at worst': 0, 'interleavings with more sold than there was': 0 },
  fails: { 'mugs left, at worst': -2, 'interleavings with more sold than there was': 72 },
  eventwright: 'app.execute appends behind the version that it decided on, and decides anew on a conflict.',
})
