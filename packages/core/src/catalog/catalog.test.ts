import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { InvalidPayload, type RecordedEvent } from '../event/index.ts'
import { createCatalog, InvalidCatalog, mergeCatalogs, UnknownEventType, type Upcaster } from './index.ts'

const namespace = 'com.example.shop'
const object = (properties: object, rest: object = {}) => ({ type: 'object', properties, ...rest })
const placed = object(
  { sku: { type: 'string' }, address: object({ city: { type: 'string' } }) },
  { required: ['sku'] },
)

const recorded = (type: string, schemaVersion: number, data: unknown): RecordedEvent => ({
  ...{ id: 'i', type, data, schemaVersion, metadata: {}, tenant: '', stream: 's', version: 1 },
  ...{ position: 1, recordedAt: 0 },
})

const invalid = (pointer: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof InvalidPayload, String(error))
  assert.equal(error.pointer, pointer)
  assert.match(error.message, message)
  return true
}

const folder = mkdtempSync(join(tmpdir(), 'schemas-'))
after(() => rmSync(folder, { recursive: true }))

describe('a catalog of JSON Schemas', () => {
  const catalog = createCatalog({ namespace, schemas: { OrderPlaced: placed } })
  const prepare = (data: unknown) => catalog.prepare({ type: 'OrderPlaced', data })

  it('sets the schema version of an event that its schema takes', () => {
    assert.deepEqual(prepare({ sku: 'tea' }), { type: 'OrderPlaced', data: { sku: 'tea' }, schemaVersion: 1 })
  })

  it('refuses what the schema refuses, and says where', () => {
    assert.throws(() => prepare({}), invalid('/sku', /missing/))
    assert.throws(() => prepare({ sku: 1 }), invalid('/sku', /string/))
  })

  it('is closed for producers at every depth, though the schema does not say so', () => {
    assert.throws(() => prepare({ sku: 'tea', skuu: 1 }), invalid('/skuu', /not in the schema/))
    assert.throws(
      () => prepare({ sku: 'tea', address: { zip: 1 } }),
      invalid('/address/zip', /not in the schema/),
    )
  })

  it('lets a schema be open where it says so, and objects without properties be free', () => {
    const free = { Noted: object({ tags: { type: 'object' } }, { additionalProperties: { type: 'number' } }) }
    const open = createCatalog({ namespace, schemas: free })
    open.prepare({ type: 'Noted', data: { tags: { any: 'thing' }, more: 1 } })
    assert.throws(() => open.prepare({ type: 'Noted', data: { more: 'x' } }), InvalidPayload)
  })

  it('closes an object over all parts of its allOf and of its references', () => {
    const $defs = { base: object({ id: { type: 'string' } }), free: { type: 'object' } }
    const schema = {
      ...{ $defs, allOf: [{ $ref: '#/$defs/base' }, object({ total: { type: 'number' } })] },
      properties: { by: { $ref: '#/$defs/base' }, any: { $ref: '#/$defs/free' } },
    }
    const closed = createCatalog({ namespace, schemas: { Billed: schema } })
    closed.prepare({ type: 'Billed', data: { id: '1', total: 2, by: { id: '2' }, any: { x: 1 } } })
    assert.throws(() => closed.prepare({ type: 'Billed', data: { id: '1', x: 2 } }), invalid('/x', /not in/))
    assert.throws(
      () => closed.prepare({ type: 'Billed', data: { by: { x: 2 } } }),
      invalid('/by/x', /not in/),
    )
  })

  it('closes what stands in lists and in definitions, and leaves open what is declared open', () => {
    const line = object({ sku: { type: 'string' } })
    const schema = object(
      {
        lines: { type: 'array', items: line },
        pair: { prefixItems: [line] },
        by: { $ref: '#/$defs/person' },
      },
      { $defs: { person: object({ home: line }) }, unevaluatedProperties: { type: 'number' } },
    )
    const closed = createCatalog({ namespace, schemas: { Billed: schema } })
    const refused = (data: unknown, pointer: string) =>
      assert.throws(() => closed.prepare({ type: 'Billed', data }), invalid(pointer, /not in/))
    refused({ lines: [{ sku: 'tea', x: 1 }] }, '/lines/0/x')
    refused({ pair: [{ x: 1 }] }, '/pair/0/x')
    refused({ by: { home: { x: 1 } } }, '/by/home/x')
    closed.prepare({ type: 'Billed', data: { more: 1 } })
    const strict = { ...line, additionalProperties: false }
    const open = createCatalog({ namespace, schemas: { Billed: { type: 'array', items: strict } } })
    open.receive('Billed', 1, [{ x: 1 }])
  })

  it('is open for consumers, even where the schema forbids additional properties', () => {
    const strict = (city: object) => object({ a: city }, { additionalProperties: false })
    const schema = { ...strict(strict({ type: 'string' })), unevaluatedProperties: false }
    const open = createCatalog({ namespace, schemas: { Moved: schema } })
    const data = { a: { a: 'x', b: 1 }, c: 1 }
    assert.equal(open.receive('Moved', 1, data), data)
    assert.throws(() => open.receive('Moved', 1, { a: { a: 1 } }), invalid('/a/a', /string/))
  })

  it('opens alternatives that only additionalProperties told apart', () => {
    const alternative = (name: string) =>
      object({ [name]: { type: 'string' } }, { additionalProperties: false })
    const open = createCatalog({
      namespace,
      schemas: { Paid: { oneOf: [alternative('card'), alternative('iban')] } },
    })
    open.receive('Paid', 1, { card: '1', later: true })
    assert.throws(() => open.prepare({ type: 'Paid', data: { card: '1', later: true } }), InvalidPayload)
  })

  it('takes nothing undeclared from a producer, and passes it for a consumer', () => {
    assert.throws(() => catalog.prepare({ type: 'OrderPlacd', data: {} }), UnknownEventType)
    assert.deepEqual(catalog.receive('Other', 1, { x: 1 }), { x: 1 })
    assert.equal(catalog.isNewer({ type: 'Other', schemaVersion: 7 }), false)
  })

  it('takes technical events as they are', () => {
    const event = { type: 'eventwright.CommandHandled', data: { commandId: 'c' } }
    assert.deepEqual(catalog.prepare(event), { ...event, schemaVersion: 1 })
  })

  it('checks formats', () => {
    const schemas = { Seen: object({ at: { type: 'string', format: 'date-time' } }) }
    const dated = createCatalog({ namespace, schemas })
    assert.throws(() => dated.prepare({ type: 'Seen', data: { at: 'today' } }), invalid('/at', /date-time/))
  })

  it('without schemas takes every type, but none with a dot', () => {
    const untyped = createCatalog({ namespace })
    assert.equal(untyped.prepare({ type: 'Any', data: 1 }).schemaVersion, 1)
    assert.throws(() => untyped.prepare({ type: 'com.example.Any', data: 1 }), InvalidPayload)
  })
})

describe('a catalog of a folder', () => {
  it('reads event types, their older versions and what they refer to', () => {
    mkdirSync(join(folder, 'shared'))
    const write = (name: string, schema: object) => writeFileSync(join(folder, name), JSON.stringify(schema))
    write('shared/money.json', object({ amount: { type: 'number' } }, { required: ['amount'] }))
    write('_note.json', { type: 'string' })
    write('OrderPlaced.v1.json', object({ price: { type: 'number' } }, { required: ['price'] }))
    write(
      'OrderPlaced.schema.json',
      object({ price: { $ref: 'shared/money.json' }, note: { $ref: '_note.json' } }),
    )
    const upcasters = {
      OrderPlaced: { 1: (old: unknown) => ({ price: { amount: (old as { price: number }).price } }) },
    }
    for (const schemas of [folder, pathToFileURL(folder)]) {
      const catalog = createCatalog({ namespace, schemas, upcasters })
      assert.deepEqual([...catalog.types], ['OrderPlaced'])
      assert.equal(catalog.version('OrderPlaced'), 2)
      catalog.prepare({ type: 'OrderPlaced', data: { price: { amount: 1 }, note: 'x' } })
      const wrong = { type: 'OrderPlaced', data: { price: {} } }
      assert.throws(() => catalog.prepare(wrong), invalid('/price/amount', /missing/))
      assert.throws(() => catalog.receive('OrderPlaced', 1, {}), invalid('/price', /missing/))
    }
  })

  it('says which file is broken', () => {
    const broken = mkdtempSync(join(tmpdir(), 'schemas-'))
    const create = () => createCatalog({ namespace, schemas: broken })
    writeFileSync(join(broken, 'A.json'), '{')
    assert.throws(
      create,
      (error) => error instanceof InvalidCatalog && /A\.json is not JSON/.test(error.message),
    )
    writeFileSync(join(broken, 'A.json'), '{"type":"nothing"}')
    assert.throws(() => create().prepare({ type: 'A', data: 1 }), /A\.json is no JSON Schema/)
    writeFileSync(join(broken, 'A.json'), '{"minLength":-1}')
    assert.throws(() => create().prepare({ type: 'A', data: 1 }), /A\.json is no JSON Schema.*>= 0/)
    writeFileSync(join(broken, 'A.json'), '{"$schema":"http://json-schema.org/draft-07/schema#"}')
    assert.throws(() => create().prepare({ type: 'A', data: 1 }), /A\.json .*draft-07/)
    writeFileSync(join(broken, 'A.json'), '{"$ref":"B.json"}')
    assert.throws(() => create().prepare({ type: 'A', data: 1 }), InvalidCatalog)
    rmSync(broken, { recursive: true })
    assert.throws(create, /cannot be read/)
  })
})

describe('a catalog of Standard Schemas', () => {
  const schema = z.object({
    sku: z.string(),
    quantity: z.number().default(1),
    tags: z.array(z.object({ a: z.string() })),
  })
  const catalog = createCatalog({ namespace, schemas: { OrderPlaced: schema } })

  it('records what the schema gives', () => {
    const { data } = catalog.prepare({ type: 'OrderPlaced', data: { sku: 'tea', tags: [] } })
    assert.deepEqual(data, { sku: 'tea', quantity: 1, tags: [] })
  })

  it('is closed for producers and open for consumers', () => {
    const data = { sku: 'tea', quantity: 1, tags: [{ a: 'x', b: 1 }] }
    assert.throws(
      () => catalog.prepare({ type: 'OrderPlaced', data }),
      invalid('/tags/0/b', /not in the schema/),
    )
    assert.equal(catalog.receive('OrderPlaced', 1, data), data)
    assert.throws(() => catalog.receive('OrderPlaced', 1, { ...data, sku: 1 }), invalid('/sku', /refused/))
  })

  it('refuses asynchronous schemas', () => {
    const schemas = { A: z.string().refine(async () => true) }
    assert.throws(
      () => createCatalog({ namespace, schemas }).prepare({ type: 'A', data: 'x' }),
      InvalidCatalog,
    )
  })
})

describe('versions', () => {
  const upcasters = {
    OrderPlaced: {
      1: (old: unknown) => ({ ...(old as object), currency: 'EUR' }),
      2: (old: unknown) => ({ ...(old as object), sku: 'tea' }),
    },
  }
  const catalog = createCatalog({ namespace, schemas: { OrderPlaced: placed }, upcasters })

  it('a read brings each old payload through every step to the newest version', () => {
    const event = catalog.upcast(recorded('OrderPlaced', 1, { a: 1 }))
    assert.deepEqual([event.data, event.schemaVersion], [{ a: 1, currency: 'EUR', sku: 'tea' }, 3])
    assert.deepEqual(catalog.upcast(recorded('OrderPlaced', 2, {})).data, { sku: 'tea' })
  })

  it('leaves newest, newer, unknown and technical events alone', () => {
    for (const event of [recorded('OrderPlaced', 3, 1), recorded('OrderPlaced', 4, 1), recorded('X', 1, 1)]) {
      assert.equal(catalog.upcast(event), event)
    }
    assert.equal(catalog.isNewer(recorded('OrderPlaced', 4, 1)), true)
    assert.equal(catalog.isNewer(recorded('OrderPlaced', 3, 1)), false)
    assert.equal(catalog.isNewer(recorded('eventwright.X', 9, 1)), false)
  })

  it('checks an old payload without a schema of its own as what it becomes', () => {
    catalog.receive('OrderPlaced', 1, {})
    assert.throws(() => catalog.receive('OrderPlaced', 3, {}), invalid('/sku', /missing/))
    assert.equal(catalog.receive('OrderPlaced', 4, 'newer'), 'newer')
  })

  it('a new event of an old version is refused', () => {
    const event = { type: 'OrderPlaced', data: { sku: 'x' }, schemaVersion: 2 }
    assert.throws(() => catalog.prepare(event), invalid('', /schema version 2/))
  })

  it('a missing upcaster is an error at creation', () => {
    const create = (steps: { readonly [from: number]: Upcaster }) => () =>
      createCatalog({ namespace, upcasters: { A: steps } })
    assert.throws(create({ 2: (old: unknown) => old }), /no upcaster from version 1 to 2/)
    const versions = { 'A.v1': true, 'A.v2': true }
    assert.throws(() => createCatalog({ namespace, schemas: versions }), /no upcaster from version 1 to 2/)
    assert.throws(() => createCatalog({ namespace, schemas: { B: true }, upcasters: { A: {} } }), /no schema/)
  })

  it('an upcaster that throws is told as the payload that it could not take', () => {
    const broken = createCatalog({ namespace, upcasters: { A: { 1: () => assert.fail('no price') } } })
    assert.throws(() => broken.upcast(recorded('A', 1, {})), invalid('', /version 1 to 2: no price/))
  })
})

describe('merged catalogs', () => {
  const shop = createCatalog({ namespace, schemas: { OrderPlaced: true } })
  const bank = createCatalog({
    namespace: 'com.bank',
    schemas: { Paid: true },
    upcasters: { Paid: { 1: () => 2 } },
  })

  it('give each type to the catalog that declares it', () => {
    const merged = mergeCatalogs([shop, bank, shop])
    assert.deepEqual([...merged.types], ['OrderPlaced', 'Paid'])
    assert.deepEqual([merged.version('OrderPlaced'), merged.version('Paid')], [1, 2])
    assert.deepEqual([merged.namespaceOf('OrderPlaced'), merged.namespaceOf('Paid')], [namespace, 'com.bank'])
    assert.equal(merged.upcast(recorded('Paid', 1, 1)).data, 2)
    assert.throws(() => merged.prepare({ type: 'Other', data: 1 }), UnknownEventType)
  })

  it('with one that has no schemas take every type', () => {
    const merged = mergeCatalogs([shop, createCatalog({ namespace: 'x' })])
    assert.equal(merged.prepare({ type: 'Other', data: 1 }).schemaVersion, 1)
    assert.equal(merged.namespaceOf('Other'), 'x')
    const upcasters = { Other: { 1: () => 'new' } }
    const versioned = mergeCatalogs([
      createCatalog({ namespace: 'x' }),
      createCatalog({ namespace: 'y', upcasters }),
    ])
    assert.deepEqual([versioned.version('Other'), versioned.upcast(recorded('Other', 1, 1)).data], [2, 'new'])
  })

  it('refuse two meanings of one type', () => {
    const other = createCatalog({ namespace: 'y', schemas: { Paid: true } })
    assert.throws(() => mergeCatalogs([bank, other]), /Paid is declared by two catalogs/)
    assert.throws(() => mergeCatalogs([]), InvalidCatalog)
  })
})

it('a namespace is words with dots, and not eventwright', () => {
  for (const wrong of ['', 'a b', '.a', 'a.', 'eventwright', 'eventwright.x']) {
    assert.throws(() => createCatalog({ namespace: wrong }), InvalidCatalog, wrong)
  }
})
