// An order is paid in two parts, and each part has a parcel sent. The handler asks the shipping service, which keeps
// every command id, and is killed before it acknowledges its message. So the message comes again.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { diesAt, mayDie, pitfall, type Result, temporaryFolder } from './lab.ts'

interface Message {
  readonly id: string
  readonly order: string
}
const messages: readonly Message[] = [
  { id: 'm-1', order: 'o-1' },
  { id: 'm-2', order: 'o-1' },
]

/** What the command is known by. It must be another for each thing to do, and the same at each try. */
const versions: Readonly<Record<string, (message: Message) => string>> = {
  fresh: () => randomUUID(),
  byCause: ({ id }) => `${id}/send-parcel`,
}

/** The other service is idempotent: a command id is done once. */
function sendParcel(shipping: DatabaseSync, commandId: string): void {
  shipping.prepare('INSERT INTO parcels VALUES (?) ON CONFLICT DO NOTHING').run(commandId)
}

function consume(folder: string, idOf: ((message: Message) => string) | undefined): number {
  const own = new DatabaseSync(join(folder, 'own.db'))
  own.exec('CREATE TABLE IF NOT EXISTS done (message_id TEXT PRIMARY KEY)')
  const shipping = new DatabaseSync(join(folder, 'shipping.db'))
  shipping.exec('CREATE TABLE IF NOT EXISTS parcels (command_id TEXT PRIMARY KEY)')
  for (const message of messages) {
    if (own.prepare('SELECT 1 FROM done WHERE message_id = ?').get(message.id)) continue
    mayDie()
    sendParcel(shipping, idOf?.(message) ?? '')
    mayDie()
    own.prepare('INSERT INTO done VALUES (?)').run(message.id)
  }
  const parcels = Number(shipping.prepare('SELECT count(*) AS n FROM parcels').get()?.n)
  own.close()
  shipping.close()
  return parcels
}

function killedEverywhere(version: string): Result {
  const parcels: number[] = []
  for (let place = 1, died = true; died; place += 1) {
    using folder = temporaryFolder()
    died = diesAt(place, version, folder.path)
    parcels.push(consume(folder.path, versions[version]))
  }
  return {
    figures: { 'parcels, at most': Math.max(...parcels), 'parcels, at least': Math.min(...parcels) },
    story: [
      'm-1: parcel sent',
      'killed',
      'm-1 comes again under a new command id: parcel sent',
      'm-2: parcel sent',
    ],
  }
}

const [, , role, version = '', folder = ''] = process.argv
if (role === 'worker') consume(folder, versions[version])
else
  await pitfall({
    title: '12. An id that is made in the handler: a new one at each try',
    naive: () => killedEverywhere('fresh'),
    mended: () => killedEverywhere('byCause'),
    should: { 'parcels, at most': 2, 'parcels, at least': 2 },
    fails: { 'parcels, at most': 3 },
    eventwright:
      'a saga names its commands saga/step/ordinal; executeIn in a consumer is in the message’s transaction.',
  })
