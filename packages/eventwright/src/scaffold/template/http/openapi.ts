import type { ScaffoldFile } from '../../file.ts'

export const file: ScaffoldFile = {
  path: 'src/http/openapi.ts',
  owner: 'yours',
  text: `import { type ApiCommand, type ApiReadModel, api, type JsonObject } from '../generated/api.ts'

const problem = (description: string): JsonObject => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

const json = (description: string, schema: JsonObject): JsonObject => ({
  description,
  content: { 'application/json': { schema } },
})

const inPath = (name: string, schema: JsonObject = { type: 'string' }): JsonObject => ({
  name,
  in: 'path',
  required: true,
  schema,
})
const parameter = (name: string): JsonObject => ({ $ref: \`#/components/parameters/\${name}\` })

/** The service as OpenAPI 3.1, made of the schemas that it checks with. */
export function openApi(): JsonObject {
  return {
    openapi: '3.1.0',
    info: { title: api.title, version: api.version, description: api.description },
    paths: Object.fromEntries([
      ...api.commands.flatMap(commandPaths),
      ...api.readModels.flatMap(readModelPaths),
      ...OWN_PATHS,
    ]),
    components: { parameters: PARAMETERS, schemas: SCHEMAS },
  }
}

function commandPaths(command: ApiCommand): readonly (readonly [string, JsonObject])[] {
  const { path, idName, id, name, type, aggregate } = command
  const tags = [aggregate]
  return [
    [
      \`\${path}/{\${idName}}/\${name}\`,
      {
        post: {
          operationId: type,
          tags,
          summary: command.summary,
          parameters: [
            inPath(idName, id),
            parameter('IdempotencyKey'),
            parameter('Prefer'),
            parameter('CorrelationId'),
          ],
          requestBody: {
            required: Array.isArray(command.data.required) && command.data.required.length > 0,
            content: { 'application/json': { schema: command.data, example: command.example } },
          },
          responses: {
            200: json('It was decided.', { $ref: '#/components/schemas/Outcome' }),
            202: json('It was accepted, and will be decided.', { $ref: '#/components/schemas/Accepted' }),
            400: problem('The payload, the Idempotency-Key or the path is wrong.'),
            409: problem(\`It was refused: \${command.refusals.join(', ')}.\`),
            422: problem('The Idempotency-Key was used with another request.'),
            503: problem('Not now: send it again later, with the same Idempotency-Key.'),
          },
        },
      },
    ],
    [
      \`\${path}/{\${idName}}/\${name}/{commandId}\`,
      {
        get: {
          operationId: \`\${type}.outcome\`,
          tags,
          summary: \`What became of a \${type}.\`,
          parameters: [inPath(idName, id), inPath('commandId')],
          responses: {
            200: json('It was decided.', { $ref: '#/components/schemas/Outcome' }),
            202: json('It is not decided yet.', { $ref: '#/components/schemas/Accepted' }),
            409: problem('It could not be decided, and is kept until somebody has seen to it.'),
            503: problem('Not now.'),
          },
        },
      },
    ],
  ]
}

function readModelPaths(model: ApiReadModel): readonly (readonly [string, JsonObject])[] {
  const { path, keyName, projection, row } = model
  const tags = [projection]
  const parameters = [parameter('ConsistencyToken'), parameter('After')]
  return [
    [
      path,
      {
        get: {
          operationId: \`\${projection}.list\`,
          tags,
          summary: \`\${model.summary} Page by page, in the order of the keys.\`,
          parameters: [...parameters, parameter('Limit'), parameter('Cursor')],
          responses: {
            200: json('A page.', {
              type: 'object',
              required: ['items'],
              properties: {
                items: {
                  type: 'array',
                  items: {
                    type: 'object',
                    required: ['key', 'value'],
                    properties: { key: { type: 'string' }, value: row },
                  },
                },
                next: { type: 'string', description: 'The cursor of the next page; absent on the last one.' },
              },
            }),
            400: problem('The limit or the token is wrong.'),
            503: problem('The read model has not come so far yet.'),
          },
        },
      },
    ],
    [
      \`\${path}/{\${keyName}}\`,
      {
        get: {
          operationId: \`\${projection}.get\`,
          tags,
          summary: model.summary,
          parameters: [inPath(keyName), ...parameters],
          responses: {
            200: json('The row.', row),
            400: problem('The token is wrong.'),
            404: problem('There is no such row.'),
            503: problem('The read model has not come so far yet.'),
          },
        },
      },
    ],
  ]
}

const OWN_PATHS: readonly (readonly [string, JsonObject])[] = (
  [
    ['/health', 'health', 'How each part does.', json('All is well.', { type: 'object' })],
    ['/health/live', 'live', 'Whether the process answers.', json('Yes.', { type: 'object' })],
    ['/health/ready', 'ready', 'Whether it takes work.', json('Yes.', { type: 'object' })],
    [
      '/metrics',
      'metrics',
      'The same as figures, for Prometheus.',
      { description: 'Its text format.', content: { 'text/plain': { schema: { type: 'string' } } } },
    ],
  ] as const
).map(([path, operationId, summary, yes]) => [
  path,
  {
    get: {
      operationId,
      tags: ['service'],
      summary,
      responses: { 200: yes, 503: json('No, or not now.', { type: 'object' }) },
    },
  },
])

const PARAMETERS: JsonObject = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: true,
    description:
      'The command id: a new one for each command, the same one on a retry, which is decided once.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    description: '\`respond-async\`: answer with 202 as soon as the command cannot be lost any more.',
    schema: { type: 'string' },
  },
  CorrelationId: {
    name: 'X-Correlation-Id',
    in: 'header',
    description: 'Stands in every event that the command leads to; default the trace of \`traceparent\`.',
    schema: { type: 'string', maxLength: 255 },
  },
  ConsistencyToken: {
    name: 'Consistency-Token',
    in: 'header',
    description: 'As a command was answered with it: the answer shows what that command did.',
    schema: { type: 'string' },
  },
  After: {
    name: 'after',
    in: 'query',
    description: 'The same as Consistency-Token.',
    schema: { type: 'string' },
  },
  Limit: { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 } },
  Cursor: {
    name: 'cursor',
    in: 'query',
    description: '\`next\` of the page before.',
    schema: { type: 'string' },
  },
}

const SCHEMAS: JsonObject = {
  Outcome: {
    type: 'object',
    required: ['outcome', 'commandId'],
    properties: {
      outcome: { enum: ['events', 'nothing', 'refused'] },
      commandId: { type: 'string' },
      version: { type: 'integer', description: "Of the aggregate's stream after it." },
      duplicate: { type: 'boolean', description: 'True for a retry: nothing happened again.' },
      refusal: { type: 'string' },
      events: {
        type: 'array',
        items: {
          type: 'object',
          required: ['id', 'type', 'version', 'data'],
          properties: {
            id: { type: 'string' },
            type: { type: 'string' },
            version: { type: 'integer' },
            data: {},
          },
        },
      },
    },
  },
  Accepted: {
    type: 'object',
    required: ['status', 'commandId'],
    properties: {
      status: { enum: ['accepted', 'pending'] },
      commandId: { type: 'string' },
      outcome: { type: 'string', description: 'The path at which the outcome can be asked for.' },
    },
  },
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'detail'],
    properties: {
      type: { type: 'string', format: 'uri', description: 'Stable, for programs: urn:problem:refused, …' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      refusal: { type: 'string', description: 'Of urn:problem:refused: the name of the refusal.' },
      errors: {
        type: 'array',
        description: 'Of urn:problem:invalid-payload: what is wrong, by JSON pointer.',
        items: { type: 'object', properties: { pointer: { type: 'string' }, detail: { type: 'string' } } },
      },
    },
  },
}
`,
}
