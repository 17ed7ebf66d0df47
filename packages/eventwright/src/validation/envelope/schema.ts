/** A JSON Schema (draft 2020-12) as data. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** The two forms of the envelope: on the wire, and with what the log assigns at the append. */
export type Profile = 'published' | 'stored'

/** The `$id` of the envelope's schema; `ID#published` and `ID#stored` are its profiles. */
export const ENVELOPE_ID = 'urn:eventwright:event:1'

const optional = (rest: JsonSchema = {}): JsonSchema => ({ type: ['string', 'null'], ...rest })

/** To 2^53 - 1, without leading zeros. */
const POSITION = `^(${[
  '[1-9]\\d{0,14}',
  '[1-8]\\d{15}',
  '900[0-6]\\d{12}',
  '90070\\d{11}',
  '90071[0-8]\\d{10}',
  '900719[0-8]\\d{9}',
  '9007199[01]\\d{8}',
  '90071992[0-4]\\d{7}',
  '900719925[0-3]\\d{6}',
  '9007199254[0-6]\\d{5}',
  '90071992547[0-3]\\d{4}',
  '9007199254740[0-8]\\d{2}',
  '90071992547409[0-8]\\d',
  '900719925474099[01]',
].join('|')})$`

const TIME = {
  format: 'date-time',
  pattern: '^\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:[0-5]\\d(\\.\\d+)?([Zz]|[+-]\\d\\d:\\d\\d)$',
}

/**
 * The envelope as JSON Schema (draft 2020-12). Its description says how payload schemas are composed with it. `validators/event-schema.json` of the skill holds the same.
 */
export const ENVELOPE_SCHEMA: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: ENVELOPE_ID,
  title: 'Event',
  description:
    'An event as CloudEvents 1.0 in structured JSON, with a JSON payload under `data`. Two profiles: `#published` (on ' +
    'the wire; also the root) and `#stored` (in addition what the append assigned). An attribute that is null counts ' +
    'as absent. Payloads are another schema for each event type; a schema that holds both composes them: { "allOf": ' +
    '[{ "$ref": "urn:eventwright:event:1#published" }, { "if": { "properties": { "type": { "const": ' +
    '"com.example.shop.OrderPlaced.v2" } } }, "then": { "required": ["data"], "properties": { "data": { "$ref": ' +
    '"OrderPlaced.v2.json" } } } }] }. `eventwright validate` composes them by itself from a folder of schemas, a ' +
    'flow file, an AsyncAPI file, or a catalog file (`#catalog`: event types with their schemas). Beyond this schema ' +
    'that command sees to what JSON Schema cannot say: at most 1,000,000 bytes, no U+0000, no half surrogate pair, ' +
    'nested at most 500 deep, no key twice, no number that loses digits, JSON text in `metadata`.',
  $ref: '#published',
  $defs: {
    published: {
      $anchor: 'published',
      title: 'On the wire',
      type: 'object',
      required: ['specversion', 'id', 'source', 'type'],
      properties: {
        specversion: { const: '1.0' },
        id: {
          description: 'Unique within the source; a new event gets a UUIDv7.',
          type: 'string',
          minLength: 1,
          maxLength: 1000,
        },
        source: {
          description: 'Names the service: /services/orders.',
          type: 'string',
          minLength: 1,
          maxLength: 2048,
          format: 'uri-reference',
        },
        type: {
          description:
            'Namespace, name and schema version: com.example.shop.OrderPlaced.v2. Without a version it is 1.',
          type: 'string',
          minLength: 1,
          maxLength: 2048,
        },
        time: optional(TIME),
        subject: optional({ description: 'The stream: order-o-1.', minLength: 1, maxLength: 1000 }),
        datacontenttype: optional({
          description: 'A JSON type, or absent.',
          pattern: '^[^;]+[/+][jJ][sS][oO][nN]\\s*(;|$)',
        }),
        dataschema: optional({ minLength: 1, format: 'uri' }),
        data: { description: "The payload: any JSON value that the type's schema takes." },
        data_base64: false,
        correlationid: optional({ description: 'Names the conversation.' }),
        causationid: optional({ description: 'The command or event that led to this one.' }),
        idempotencykey: optional({ description: 'The id of the command that was decided.' }),
        partitionkey: optional({ description: "The message's key." }),
        traceparent: optional({ description: 'W3C trace context.' }),
        tenantid: optional({ maxLength: 1000 }),
        recordedtime: optional(TIME),
        streamversion: {
          description: 'In the stream, from 1.',
          type: ['integer', 'null'],
          minimum: 1,
          maximum: 2147483647,
        },
        globalposition: optional({
          description: 'In the log: decimal digits, from 1 to 2^53 - 1.',
          pattern: POSITION,
        }),
        logepoch: optional({ description: 'Of the log that globalposition counts in.', minLength: 1 }),
        metadata: optional({
          description: 'Metadata that fits no attribute, as the JSON text of an object.',
          contentMediaType: 'application/json',
          contentSchema: { type: 'object' },
        }),
      },
      propertyNames: { pattern: '^([a-z0-9]{1,20}|data_base64)$' },
      additionalProperties: {
        description: 'An extension attribute.',
        type: ['boolean', 'integer', 'string', 'null'],
        minimum: -2147483648,
        maximum: 2147483647,
      },
    },
    stored: {
      $anchor: 'stored',
      title: 'In the log',
      $ref: '#published',
      required: ['subject', 'streamversion', 'globalposition', 'logepoch', 'data'],
      properties: {
        subject: { type: 'string' },
        streamversion: { type: 'integer' },
        globalposition: { type: 'string' },
        logepoch: { type: 'string' },
      },
      anyOf: [
        { required: ['recordedtime'], properties: { recordedtime: { type: 'string' } } },
        { required: ['time'], properties: { time: { type: 'string' } } },
      ],
    },
    catalog: {
      $anchor: 'catalog',
      title: 'A catalog file',
      description:
        'Event types with the JSON Schema (draft 2020-12) of their payloads: `OrderPlaced`, `OrderPlaced.v2`, or with ' +
        'its namespace. A $ref starts from the file.',
      type: 'object',
      required: ['events'],
      properties: {
        namespace: {
          description: 'The prefix of every type that is written without one.',
          type: 'string',
          pattern: '^[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*$',
        },
        events: { type: 'object', minProperties: 1, additionalProperties: { type: ['object', 'boolean'] } },
        $defs: { type: 'object' },
        $schema: { type: 'string' },
      },
      additionalProperties: false,
    },
  },
}
