// A consumer keeps a balance, and how far it has read. The process is killed at each place between the two writes,
// and starts again from where its offset stands.
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { diesAt, mayDie, pitfall, type Result, temporaryFolder } from './lab.ts'

const payments = [100, 20, 3]
const total = 123

type Handle = (db: DatabaseSync, amount: number) => void
const versions: Readonly<Record<string, Handle>> = { offsetFirst, effectFirst, together }

/** What auto-commit does: at most once. */
function offsetFirst(db: DatabaseSync, amount: number): void {
  advance(db)
  mayDie()
  add(db, amount)
}

/** At least once. */
function effectFirst(db: DatabaseSync, amount: number): void {
  add(db, amount)
  mayDie()
  advance(db)
}

/** The offset stands beside the effect, and both are one transaction. A broker's own offset is then only a hint. */
function together(db: DatabaseSync, amount: number): void {
  db.exec('BEGIN IMMEDIATE')
  add(db, amount)
  mayDie()
  advance(db)
  db.exec('COMMIT')
  mayDie()
}

function add(db: DatabaseSync, amount: number): void {
  db.prepare('UPDATE account SET balance = balance + ?').run(amount)
}

function advance(db: DatabaseSync): void {
  db.exec('UPDATE reader SET next = next + 1')
}

function consume(db: DatabaseSync, handle: Handle | undefined): void {
  for (;;) {
    const amount = payments[Number(db.prepare('SELECT next FROM reader').get()?.next)]
    if (amount === undefined) return
    handle?.(db, amount)
  }
}

function open(folder: string): DatabaseSync {
  const db = new DatabaseSync(join(folder, 'consumer.db'))
  db.exec('CREATE TABLE IF NOT EXISTS account (id INTEGER PRIMARY KEY, balance INTEGER)')
  db.exec('CREATE TABLE IF NOT EXISTS reader (id INTEGER PRIMARY KEY, next INTEGER)')
  db.exec('INSERT OR IGNORE INTO account VALUES (1, 0); INSERT OR IGNORE INTO reader VALUES (1, 0)')
  return db
}

function killedEverywhere(version: string): { lost: number; doubled: number } {
  const sum = { lost: 0, doubled: 0 }
  for (let place = 1, died = true; died; place += 1) {
    using folder = temporaryFolder()
    died = diesAt(place, version, folder.path)
    const db = open(folder.path)
    consume(db, versions[version])
    const balance = Number(db.prepare('SELECT balance FROM account').get()?.balance)
    sum.lost += Math.max(0, total - balance)
    sum.doubled += Math.max(0, balance - total)
    db.close()
  }
  return sum
}

function naive(): Result {
  const { lost } = killedEverywhere('offsetFirst')
  const { doubled } = killedEverywhere('effectFirst')
  const story = ['offset, killed, balance: lost', 'balance, killed, offset: counted twice']
  return { figures: { 'money lost': lost, 'money counted twice': doubled }, story }
}

function mended(): Result {
  const { lost, doubled } = killedEverywhere('together')
  return { figures: { 'money lost': lost, 'money counted twice': doubled } }
}

const [, , role, version = '', folder = ''] = process.argv
if (role === 'worker') consume(open(folder), versions[version])
else
  await pitfall({
    title: '4. The offset apart from the effect: lost, or counted twice',
    naive,
    mended,
    should: { 'money lost': 0, 'money counted twice': 0 },
    fails: { 'money lost': 123, 'money counted twice': 123 },
    eventwright: 'consumers and projections write their documents and their checkpoint in one transaction.',
  })
