import type { Stage } from './stage.ts'
import type { Rows } from './truth/index.ts'
import type { WorkerProcess } from './worker-process.ts'

const OF_STORE = {
  leases: 'SELECT name, holder, token, expires FROM eventwright_leases',
  checkpoints: 'SELECT name, position FROM eventwright_checkpoints',
  head: 'SELECT max(position) AS head FROM eventwright_events',
  timers: 'SELECT owner, id, due FROM eventwright_timers ORDER BY due LIMIT 20',
  fences: 'SELECT name, token FROM eventwright_fences',
  attempts: "SELECT id, value FROM eventwright_documents WHERE collection = 'eventwright.attempts'",
}
const OF_BROKER = {
  members: 'SELECT consumers, id, expires FROM eventwright_members',
  behind: `SELECT o.consumers, t.name AS topic, o.partition, o.owner, o.token, o.committed, p.next
    FROM eventwright_offsets o JOIN eventwright_topics t ON t.id = o.topic
    JOIN eventwright_partitions p ON p.topic = o.topic AND p.partition = o.partition
    WHERE o.committed < p.next`,
}
const ANSWERS_WITHIN = 3000

/** What everybody waits for: for a person who looks why nothing moves. */
export async function dump({ workers, dump }: Pick<Stage, 'workers' | 'dump'>): Promise<string> {
  const health = [...workers].map(
    async ([name, worker]) => `${name}: ${JSON.stringify(await healthOf(worker))}`,
  )
  const words = [...workers].flatMap(([name, worker]) => [`last words of ${name}:`, worker.words])
  return [`now ${Date.now()}`, ...(await Promise.all(health)), ...(await dump()), ...words].join('\n')
}

/** What stands in stores and in a broker of ours, by name. Nothing of those that cannot be read now. */
export async function dumpRows(
  stores: Iterable<readonly [name: string, Rows]>,
  broker?: readonly [name: string, Rows],
): Promise<readonly string[]> {
  const told = [...stores].map(([name, rows]) => statementsOf(name, rows, OF_STORE))
  if (broker) told.push(statementsOf(...broker, OF_BROKER))
  return (await Promise.all(told)).flat()
}

async function statementsOf(
  name: string,
  rows: Rows,
  statements: { readonly [what: string]: string },
): Promise<readonly string[]> {
  const told: string[] = []
  for (const [what, sql] of Object.entries(statements)) {
    const found = await rows<object>(sql).catch((error: unknown) => [{ error: String(error) }])
    told.push(`${name} ${what}:`, ...found.map((row) => `  ${JSON.stringify(row)}`))
  }
  return told
}

async function healthOf(worker: WorkerProcess): Promise<unknown> {
  const silence = new Promise<string>((resolve) =>
    setTimeout(resolve, ANSWERS_WITHIN, 'does not answer').unref(),
  )
  return Promise.race([worker.ask({ kind: 'health' }), silence])
}
