// Readers follow a log by its serial id: "give me what is behind 41". Ids are given out at once, rows appear at the
// commit: so 42 can appear after 43, when the reader is past it.
import { DatabaseSync } from 'node:sqlite'
import { type Actor, everyInterleaving, pitfall, type Result } from './lab.ts'

/** Like a sequence of PostgreSQL: it counts on at once, whatever becomes of the transaction that asks. */
function nextPosition(db: DatabaseSync): number {
  return Number(db.prepare('UPDATE sequence SET last = last + 1 RETURNING last').get()?.last)
}

function lastPosition(db: DatabaseSync): number {
  return Number(db.prepare('SELECT last FROM sequence').get()?.last)
}

function* plainWriter(name: string, db: DatabaseSync): Actor {
  const position = nextPosition(db)
  yield `${name} takes position ${position}`
  db.prepare('INSERT INTO log VALUES (?)').run(position)
  return `${name} commits ${position}`
}

/** It first announces, for everybody to see, that a position above the last one may still appear. */
function* announcingWriter(name: string, db: DatabaseSync): Actor {
  db.prepare('INSERT INTO announced SELECT ?, last FROM sequence').run(name)
  yield `${name} announces`
  const position = nextPosition(db)
  yield `${name} takes position ${position}`
  db.exec('BEGIN IMMEDIATE')
  db.prepare('INSERT INTO log VALUES (?)').run(position)
  db.prepare('DELETE FROM announced WHERE writer = ?').run(name)
  db.exec('COMMIT')
  return `${name} commits ${position}`
}

class Reader {
  readonly seen: number[] = []
  private readonly db: DatabaseSync
  constructor(db: DatabaseSync) {
    this.db = db
  }

  *plain(): Actor {
    yield 'reader wakes up'
    return this.readUpTo(Number.MAX_SAFE_INTEGER)
  }

  /** Up to the last position that is given out, or to the lowest announcement. In this order: last, then lowest. */
  *bounded(): Actor {
    const last = lastPosition(this.db)
    yield `reader: the last position is ${last}`
    const lowest = this.db.prepare('SELECT min(above) AS above FROM announced').get()?.above
    return this.readUpTo(Math.min(last, Number(lowest ?? last)))
  }

  private readUpTo(bound: number): string {
    const after = this.seen.at(-1) ?? 0
    const query = 'SELECT position FROM log WHERE position > ? AND position <= ? ORDER BY position'
    const found = this.db.prepare(query).all(after, bound)
    this.seen.push(...found.map(({ position }) => Number(position)))
    return `reader is behind ${after}, finds ${found.map(({ position }) => position).join(', ') || 'nothing'}`
  }
}

function follow(writer: (name: string, db: DatabaseSync) => Actor, poll: 'plain' | 'bounded'): Result {
  const runs = everyInterleaving(() => {
    const db = new DatabaseSync(':memory:')
    db.exec('CREATE TABLE log (position INTEGER PRIMARY KEY)')
    db.exec('CREATE TABLE announced (writer TEXT PRIMARY KEY, above INTEGER)')
    db.exec('CREATE TABLE sequence (last INTEGER); INSERT INTO sequence VALUES (0)')
    const reader = new Reader(db)
    return {
      actors: [writer('A', db), writer('B', db), reader[poll]()],
      outcome: () => {
        Array.from(reader[poll]())
        return 2 - reader.seen.length
      },
    }
  })
  const wrong = runs.filter(({ outcome }) => outcome > 0)
  return {
    figures: {
      'events lost, at worst': Math.max(...runs.map(({ outcome }) => outcome)),
      'interleavings that lose an event': wrong.length,
    },
    story: wrong[0]?.story,
  }
}

await pitfall({
  title: '3. A serial id as a cursor: what commits late is never read',
  naive: () => follow(plainWriter, 'plain'),
  mended: () => follow(announcingWriter, 'bounded'),
  should: { 'events lost, at worst': 0, 'interleavings that lose an event': 0 },
  fails: { 'events lost, at worst': 1, 'interleavings that lose an event': 8 },
  eventwright: 'store.readAll never passes a position at which an event may still appear.',
})
