import type { SqliteConnection, SqliteFile } from '../../store/sqlite/index.ts'
import { serial } from '../serial.ts'
import type { BrokerStorage, StorageChange } from '../storage.ts'
import { beat, commitOffsets, generationOf, progressOf, updateGroup } from './groups.ts'
import { allTopics, appendMessages, createTopic, endsOf, readMessages } from './messages.ts'
import { pruneMessages } from './prune.ts'

/** Who shows that they live or how far they have come says nothing that a reader of the log must look at. */
const QUIET = { quiet: true }

/** The statements of a broker in a file that several processes share. */
export function sqliteStorage(
  file: SqliteFile,
  url: string,
  assertUsable: (operation: string) => void,
): BrokerStorage {
  const listeners = new Set<(change: StorageChange) => void>()
  let seen = 0
  let unlisten: (() => void) | undefined

  /** Commits of a store on the same file come here too: one small read says whether a broker's was among them. */
  const look = serial(async () => {
    const news = await file.read((connection) => newsSince(connection, seen))
    seen = news.pulse
    for (const change of news.changes) for (const listener of [...listeners]) listener(change)
  })

  function listen(): void {
    unlisten ??= file.onCommit(() => {
      // What cannot be read now is seen with the next commit or heart-beat.
      look().catch(() => {})
    })
  }

  return {
    url,
    assertUsable,
    createTopic: (topic, partitions) =>
      file.write((connection) => createTopic(connection, topic, partitions)),
    topics: () =>
      file.read((connection) =>
        allTopics(connection).map(({ name, partitions }) => ({ topic: name, partitions })),
      ),
    append: (topic, messages, place) =>
      file.write((connection) => appendMessages(connection, topic, messages, place)),
    read: (source, from, limit) => file.read((connection) => readMessages(connection, source, from, limit)),
    ends: (topics) => file.read((connection) => endsOf(connection, topics)),
    progress: (group) => file.read((connection) => progressOf(connection, group)),
    generation: (group) => file.read((connection) => generationOf(connection, group)),
    beat: (group, member, milliseconds) =>
      file.write((connection) => beat(connection, group, member, milliseconds), QUIET),
    updateGroup: (group, topics, change) =>
      file.write((connection) => updateGroup(connection, group, topics, change)),
    commit: (group, member, offsets) =>
      file.write((connection) => commitOffsets(connection, group, member, offsets), QUIET),
    prune: (before, limit) => file.write((connection) => pruneMessages(connection, before, limit), QUIET),
    onChange(listener) {
      listeners.add(listener)
      listen()
      return () => {
        listeners.delete(listener)
      }
    },
    async close() {
      unlisten?.()
      listeners.clear()
      await file.close()
    },
  }
}

interface News {
  readonly pulse: number
  readonly changes: readonly StorageChange[]
}

function newsSince(connection: SqliteConnection, seen: number): News {
  const pulse = connection.get<{ pulse: number }>('SELECT pulse FROM eventwright_pulse')?.pulse ?? seen
  if (pulse === seen) return { pulse, changes: [] }
  const topics = connection.all<{ name: string }>('SELECT name FROM eventwright_topics WHERE pulse > ?', seen)
  const groups = connection.all<{ name: string }>(
    'SELECT name FROM eventwright_groups WHERE generation > ?',
    seen,
  )
  return {
    pulse,
    changes: [
      ...(topics.length > 0 ? [{ topics: topics.map(({ name }) => name) }] : []),
      ...groups.map(({ name }) => ({ group: name })),
    ],
  }
}
