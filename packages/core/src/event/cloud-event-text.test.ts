import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type EnvelopeOptions, toCloudEvent } from './cloud-event.ts'
import { cloudEventText } from './cloud-event-text.ts'
import type { Metadata, PendingEvent, RecordedEvent } from './event.ts'

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('', 'o-1', 'a"b', 'c\\d\n'))
const optional = fc.option(text, { nil: undefined })

const metadata: fc.Arbitrary<Metadata> = fc.dictionary(
  fc.oneof(
    fc.constantFrom('correlationId', 'causationId', 'commandId', 'traceparent', '__proto__', 'saga', '7'),
    text,
  ),
  fc.oneof(text, fc.integer(), fc.jsonValue()) as fc.Arbitrary<string>,
  { maxKeys: 6, noNullPrototype: true },
)

const pending: fc.Arbitrary<PendingEvent> = fc.record({
  id: text,
  type: fc.oneof(text, fc.constant('eventwright.CommandHandled')),
  data: fc.option(fc.jsonValue(), { nil: undefined }),
  schemaVersion: fc.integer({ min: 1 }),
  metadata,
  tenant: text,
  stream: text,
  version: fc.integer({ min: 1 }),
})

const recorded: fc.Arbitrary<RecordedEvent> = fc
  .tuple(pending, fc.maxSafeNat(), fc.nat())
  .map(([event, position, recordedAt]) => ({ ...event, position, recordedAt }))

const options: fc.Arbitrary<EnvelopeOptions> = fc
  .tuple(text, text, optional, optional, optional)
  .map(([source, namespace, epoch, key, dataschema]) => ({
    source,
    namespace,
    ...(epoch === undefined ? {} : { epoch }),
    ...(key === undefined ? {} : { key }),
    ...(dataschema === undefined ? {} : { dataschema }),
  }))

test('the text of an envelope says what the envelope does, whatever its names and values hold', () => {
  fc.assert(
    fc.property(fc.oneof(pending, recorded), options, (event, said) => {
      const envelope = JSON.parse(JSON.stringify(toCloudEvent(event, said)))
      assert.deepEqual(JSON.parse(cloudEventText(event, said)), envelope)
    }),
  )
})
