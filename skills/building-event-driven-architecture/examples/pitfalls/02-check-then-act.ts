// A message is delivered twice: its first consumer is slow, so the broker gives it to a second one. Both look whether
// it was handled before, and both may look before either has written that it was.
import { DatabaseSync } from 'node:sqlite'
import { type Actor, everyInterleaving, pitfall, type Result } from './lab.ts'

const message = { id: 'm-1', amount: 900 }

function* checkThenAct(name: string, db: DatabaseSync): Actor {
  const seen = db.prepare('SELECT 1 FROM inbox WHERE id = ?').get(message.id) !== undefined
  yield `${name} looks: ${seen ? 'handled already' : 'not handled yet'}`
  if (seen) return undefined
  db.prepare('INSERT INTO charges (amount) VALUES (?)').run(message.amount)
  yield `${name} charges ${message.amount}`
  db.prepare('INSERT OR IGNORE INTO inbox (id) VALUES (?)').run(message.id)
  return `${name} notes that it was handled`
}

/** Who accepts the message first has it; acceptance and effect are one transaction. The key does the checking. */
function* acceptAndAct(name: string, db: DatabaseSync): Actor {
  yield `${name} receives it`
  db.exec('BEGIN IMMEDIATE')
  const { changes } = db.prepare('INSERT INTO inbox (id) VALUES (?) ON CONFLICT DO NOTHING').run(message.id)
  const accepted = changes === 1
  if (accepted) db.prepare('INSERT INTO charges (amount) VALUES (?)').run(message.amount)
  db.exec('COMMIT')
  return `${name} ${accepted ? `charges ${message.amount}` : 'finds it accepted'}`
}

function deliverThreeTimes(consumer: (name: string, db: DatabaseSync) => Actor): Result {
  const runs = everyInterleaving(() => {
    const db = new DatabaseSync(':memory:')
    db.exec('CREATE TABLE inbox (id TEXT PRIMARY KEY)')
    db.exec('CREATE TABLE charges (amount INTEGER)')
    function* later(): Actor {
      yield (yield* consumer('A', db)) ?? 'A is done'
      return yield* consumer('A again', db)
    }
    return {
      actors: [later(), consumer('B', db)],
      outcome: () => Number(db.prepare('SELECT count(*) AS n FROM charges').get()?.n),
    }
  })
  const wrong = runs.filter(({ outcome }) => outcome !== 1)
  return {
    figures: {
      'charges for one message, at worst': Math.max(...runs.map(({ outcome }) => outcome)),
      'interleavings that charge twice': wrong.length,
    },
    story: wrong.at(-1)?.story,
  }
}

await pitfall({
  title: '2. Check, then act: deduplication with a gap in the middle',
  naive: () => deliverThreeTimes(checkThenAct),
  mended: () => deliverThreeTimes(acceptAndAct),
  should: { 'charges for one message, at worst': 1, 'interleavings that charge twice': 0 },
  fails: { 'charges for one message, at worst': 2, 'interleavings that charge twice': 45 },
  eventwright: 'a consumer accepts a message in the transaction of what its handler writes.',
})
