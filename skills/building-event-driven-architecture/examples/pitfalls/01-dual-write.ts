// A shop saves an order and tells the warehouse through a broker. The process is killed at each place in between,
// and starts again. The customer, who got no answer, sends the order again, or gives up: both are tried.
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { diesAt, mayDie, pitfall, type Result, temporaryFolder } from './lab.ts'

type Shop = Readonly<Record<'db' | 'broker', DatabaseSync>>
const versions: Readonly<Record<string, (shop: Shop) => void>> = { saveThenSend, sendThenSave, outbox }

function saveThenSend({ db, broker }: Shop): void {
  if (has(db, 'orders')) return
  save(db, 'orders')
  mayDie()
  save(broker, 'messages')
}

function sendThenSave({ db, broker }: Shop): void {
  if (has(db, 'orders')) return
  save(broker, 'messages')
  mayDie()
  save(db, 'orders')
}

/** One transaction holds the order and the message. */
function outbox(shop: Shop): void {
  const { db } = shop
  if (has(db, 'orders')) return
  db.exec('BEGIN IMMEDIATE')
  save(db, 'orders')
  mayDie()
  save(db, 'outbox')
  db.exec('COMMIT')
  mayDie()
  relay(shop)
}

/** Sends what stands in the outbox. It runs whenever the service runs. */
function relay({ db, broker }: Shop): void {
  for (const { id } of db.prepare('SELECT id FROM outbox').all()) {
    save(broker, 'messages')
    mayDie()
    db.prepare('DELETE FROM outbox WHERE id = ?').run(String(id))
  }
}

/** A relay may send twice, so the warehouse accepts an id once. */
function picked(broker: DatabaseSync): number {
  const inbox = new Set<string>()
  let parcels = 0
  for (const { id } of broker.prepare('SELECT id FROM messages ORDER BY at').all()) {
    if (inbox.has(String(id))) continue
    inbox.add(String(id))
    parcels += 1
  }
  return parcels
}

function open(folder: string): Shop {
  const db = new DatabaseSync(join(folder, 'shop.db'))
  db.exec('CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY)')
  db.exec('CREATE TABLE IF NOT EXISTS outbox (id TEXT PRIMARY KEY)')
  const broker = new DatabaseSync(join(folder, 'broker.db'))
  broker.exec('CREATE TABLE IF NOT EXISTS messages (at INTEGER PRIMARY KEY, id TEXT)')
  return { db, broker }
}

function save(db: DatabaseSync, table: 'orders' | 'outbox' | 'messages'): void {
  db.prepare(`INSERT INTO ${table} (id) VALUES ('o-1')`).run()
}

function has(db: DatabaseSync, table: 'orders'): boolean {
  return db.prepare(`SELECT id FROM ${table} WHERE id = 'o-1'`).get() !== undefined
}

/** Kills the version at each of its places, on new files each time, and looks at what is there in the end. */
function killedEverywhere(version: string): Result {
  const figures = { 'orders that nobody hears of': 0, 'parcels without an order': 0, 'parcels sent twice': 0 }
  for (let place = 1, died = true; died; place += 1) {
    using folder = temporaryFolder()
    died = diesAt(place, version, folder.path)
    const shop = open(folder.path)
    for (const restart of [relay, versions[version]]) {
      restart?.(shop)
      const orders = has(shop.db, 'orders') ? 1 : 0
      const parcels = picked(shop.broker)
      figures['orders that nobody hears of'] += Math.max(0, orders - parcels)
      figures['parcels without an order'] += orders === 0 ? parcels : 0
      figures['parcels sent twice'] += Math.max(0, parcels - 1)
    }
    shop.db.close()
    shop.broker.close()
  }
  return { figures }
}

function naive(): Result {
  const { figures: one } = killedEverywhere('saveThenSend')
  const { figures: other } = killedEverywhere('sendThenSave')
  const sum = Object.entries(one).map(([name, value]) => [name, Number(value) + Number(other[name])])
  return { figures: Object.fromEntries(sum), story: ['save, killed, send', 'send, killed, save'] }
}

const [, , role, version = '', folder = ''] = process.argv
if (role === 'worker') versions[version]?.(open(folder))
else
  await pitfall({
    title: '1. Two writes where there should be one: the database and the broker',
    naive,
    mended: () => killedEverywhere('outbox'),
    should: { 'orders that nobody hears of': 0, 'parcels without an order': 0, 'parcels sent twice': 0 },
    fails: { 'orders that nobody hears of': 2, 'parcels without an order': 1 },
    eventwright:
      'what is appended is published by a relay; tx.outbox.add(topic, message) for other messages.',
  })
