import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadFlow } from '../../flow/index.ts'
import { BrokenCode, CodeNotFound } from '../errors.ts'
import { codeOfModule } from './app-module.ts'
import type { Code } from './code.ts'
import { codeOfFlow } from './flow-code.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'eventwright-code-')))
after(() => rmSync(folder, { recursive: true, force: true }))

// A copy, not a link: an installed service has a library of its own.
const core = join(import.meta.dirname, '../../../../core')
mkdirSync(join(folder, 'node_modules'))
symlinkSync(join(core, '../../node_modules/ajv'), join(folder, 'node_modules/ajv'))
for (const name of ['ajv-formats', 'canonicalize', 'uuid'])
  symlinkSync(join(core, '../../node_modules', name), join(folder, 'node_modules', name))
cpSync(join(core, 'src'), join(folder, 'library'), { recursive: true })

const DOMAIN = `
import { catalog, service } from './library/index.ts'
export const shop = catalog<{ Placed: { sku: string } }>({ namespace: 'com.example.shop' })
const Order = shop.aggregate<{ placed: number }>('order', { placed: 0 })
  .decide({ place: (_s, c: { sku: string }) => ({ type: 'Placed', data: c }) })
  .evolve({ Placed: (s) => ({ placed: s.placed + 1 }) })
const count = shop.projection('count', 1, { Placed: () => {} })
const ear = shop.consumer('ear', { topics: ['shop.events'], on: { Placed: () => {} } })
const flow = shop.saga('flow', 'Placed', { steps: { more: { done: 'Placed' } } })
const there = service('stock', { elsewhere: true, run: [shop.contract<{ hold: { n: number } }>('stock', ['hold'])] })
`

async function moduleWith(name: string, text: string): Promise<Code> {
  return codeOfModule(written(name, text))
}

function written(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function namesIn({ aggregates, sagas, projections, consumers }: Code): readonly string[] {
  return [aggregates, sagas, projections, consumers].flatMap((parts) => [...parts.keys()])
}

test('a module exports its parts by name, as a list, or as options, made with a library of its own', async () => {
  const ways = {
    'by-name.ts': 'export { Order, count, ear, flow, there }',
    'list.ts': 'export default [Order, count, ear, flow, there]',
    'named-list.ts': 'export const parts = [Order, count]\nexport const run = [...parts, ear, flow, there]',
    'options.ts': "export const options = { name: 'shop', run: [Order, count, ear, flow, there] }",
    'services.ts': "export default { run: [service('shop', { run: [Order, count] }), ear, flow, there] }",
    'object.ts': 'export default { Order, count, ear, flow, there }',
  }
  for (const [name, text] of Object.entries(ways)) {
    const code = await moduleWith(name, DOMAIN + text)
    assert.deepEqual(namesIn(code), ['order', 'flow', 'count', 'ear'], name)
  }
})

test('what cannot be used is said, with the file and the way out', async () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['throws.ts', "throw new Error('no database')", /throws\.ts cannot be loaded: no database/],
    ['syntax.ts', 'export const = 1', /syntax\.ts cannot be loaded/],
    ['enum.ts', 'export enum A { B }', /enum\.ts cannot be loaded: .*enum/],
    [
      'nothing.ts',
      'export const port = 3000',
      /exports no aggregate, saga, projection or consumer \(it exports: port\)/,
    ],
    [
      'elsewhere.ts',
      `${DOMAIN}export const of = service('x', { elsewhere: true, run: [Order] })`,
      /exports no aggregate/,
    ],
    [
      'contract.ts',
      `${DOMAIN}export const hold = shop.contract<{ hold: {} }>('stock', ['hold'])`,
      /exports no aggregate/,
    ],
    [
      'twice.ts',
      `${DOMAIN}export const a = Order\nexport const b = shop.aggregate('order', 0).decide({}).evolve({})`,
      /two aggregates named 'order'/,
    ],
  ]
  for (const [name, text, says] of cases) {
    await assert.rejects(moduleWith(name, text), (error) => {
      assert.ok(error instanceof BrokenCode, name)
      assert.match(error.message, says)
      return true
    })
  }
  await assert.rejects(codeOfModule(join(folder, 'none.ts')), CodeNotFound)
  await assert.rejects(
    codeOfModule(folder),
    (error) => error instanceof CodeNotFound && /folder/.test(error.message),
  )
})

test('a module that waits for ever at its top level is not waited for', async () => {
  const path = written('waits.ts', 'export const run = []\nawait new Promise(() => {})')
  let isTold = false
  const loading = codeOfModule(path, {
    patience: 50,
    onRunning: () => {
      isTold = true
    },
  })
  await assert.rejects(loading, /waits\.ts was not loaded within 0\.05 s: its top level waits/)
  assert.ok(isTold)
})

test('a flow is code, too', async () => {
  const flow = join(
    import.meta.dirname,
    '../../../../../skills/building-event-driven-architecture/examples/worked-order-processing.yaml',
  )
  const loaded = await loadFlow([flow])
  assert.ok(loaded.flow)
  const code = await codeOfFlow(loaded.flow, flow)
  assert.ok(code.aggregates.size > 1 && code.sagas.size > 0 && code.projections.size > 0)
})
