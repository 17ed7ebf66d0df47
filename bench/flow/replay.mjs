// The raw floor: the same writes and commits as a recorded run, by node:sqlite alone. node replay.mjs TRACE FILE
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { deserialize } from 'node:v8'

const [from = '', file = ''] = process.argv.slice(2)
/** @type {{ texts: string[], trace: [text: number, values: never[]][] }} */
const { texts, trace } = deserialize(readFileSync(from))
const db = new DatabaseSync(file)
const statements = new Map()
let commits = 0
let writes = 0

const begun = performance.now()
for (const [text, values] of trace) {
  const sql = texts[text] ?? ''
  if (/^COMMIT/.test(sql)) commits++
  if (/^\s*(INSERT|UPDATE|DELETE)/i.test(sql)) writes++
  if (values.length === 0) db.exec(sql)
  else statementOf(sql).run(...values)
}
console.log(JSON.stringify({ seconds: (performance.now() - begun) / 1000, commits, writes }))
db.close()

/** @param {string} sql */
function statementOf(sql) {
  const known = statements.get(sql) ?? db.prepare(sql)
  statements.set(sql, known)
  return known
}
