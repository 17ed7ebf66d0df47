// Preloaded into a run (node --import): keeps every statement that writes, in order, for the raw floor to repeat.
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { serialize } from 'node:v8'

/** @type {Map<string, number>} */
const texts = new Map()
/** @type {[text: number, values: unknown[], connection: object][]} */
const all = []
const readers = new WeakSet()
const { prepare, exec } = DatabaseSync.prototype

/** @param {object} connection @param {string} sql @param {unknown[]} values */
function keep(connection, sql, values) {
  // Whoever only reads begins so; the writer says BEGIN IMMEDIATE.
  if (sql === 'BEGIN') readers.add(connection)
  if (/^\s*(SELECT|PRAGMA data_version)/i.test(sql)) return
  const text = texts.get(sql) ?? texts.size
  texts.set(sql, text)
  all.push([text, values, connection])
}

DatabaseSync.prototype.exec = function (sql) {
  const result = exec.call(this, sql)
  keep(this, sql, [])
  return result
}

DatabaseSync.prototype.prepare = function (sql, ...rest) {
  const statement = prepare.call(this, sql, ...rest)
  for (const method of ['run', 'get', 'all']) {
    const real = statement[method].bind(statement)
    statement[method] = (...values) => {
      const result = real(...values)
      keep(this, sql, values)
      return result
    }
  }
  return statement
}

process.once('exit', () => {
  const trace = all
    .filter(([, , connection]) => !readers.has(connection))
    .map(([text, values]) => [text, values])
  const file = process.env.BENCH_TRACE ?? ''
  if (file !== '') writeFileSync(file, serialize({ texts: [...texts.keys()], trace }))
})
