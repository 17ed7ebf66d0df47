import type { Command } from '../../flow/index.ts'
import { viewOf } from '../domain/service-view.ts'
import type { ScaffoldFile } from '../file.ts'
import { kebab, plural } from '../names.ts'
import { postgresOf } from './compose.ts'
import { brokerOf, portOf, type ServiceParts } from './service.ts'

/** How to start, try, test and change the service, an example first. */
export function readmeFile(parts: ServiceParts): ScaffoldFile {
  return { path: 'README.md', owner: 'yours', text: text(parts) }
}

function text(parts: ServiceParts): string {
  const { name, flow, service, flowPath } = parts
  const doing =
    service.aggregates.length > 0 ? `keeps ${service.aggregates.join(', ')}` : 'keeps no aggregate'
  return `# ${name}

The service \`${service.name}\` of the flow ${flow.name} ([${flowPath}](${encodeURI(flowPath)})): it ${doing}.

\`\`\`sh
npm install
npm start
\`\`\`

${tryIt(parts)}
It describes itself at \`http://localhost:${portOf(parts)}/openapi.json\`, and tells how it does at \`/health\`
and, for Prometheus, at \`/metrics\`.

\`\`\`sh
npm test             # the domain, the flow's scenarios, HTTP
npm run typecheck
npm run check        # design errors of the flow
npm run validate     # the sample events in events/ against the flow
npm run dev          # starts again when a file changes
docker compose up    # after npm install, which writes package-lock.json
\`\`\`

## Whose is what

| | |
|---|---|
| \`src/domain/\`, \`test/\` but \`scenarios.test.ts\`, \`src/http/\`, all else | yours: written once, never touched again |
| \`src/generated/\`, \`events/\`, \`test/scenarios.test.ts\` | made from the flow: change the flow, then \`npm run update\` |

\`npm run update\` shows what would change before it writes, and adds files for what is new in the flow. Where the
flow has a new command, the compiler shows what your code lacks.

What talks to systems outside, such as a bank or a mail server, is a consumer in a file of its own, added to \`run\` in
\`src/app.ts\`. It does not belong in \`parts\` of \`src/domain/index.ts\`: the scenarios play those, and would reach the
bank.

## What it answers

- A command is \`POST /AGGREGATES/{id}/COMMAND\`. The \`Idempotency-Key\` is the command's id: sent again, it is answered
  again and decided once. 200 with the outcome; 409 where it was refused, 400 where it is wrong, 422 where the key was
  used for something else, 503 with \`Retry-After\` where it should come again. Every "no" is \`application/problem+json\`.
- With \`Prefer: respond-async\` the answer is 202 as soon as the command cannot be lost; \`Location\` tells the outcome.
  Such commands have no order among them: what builds on another waits for its outcome.
- Read models are \`GET /NAME/{key}\` and \`GET /NAME?limit=50&cursor=…\`. Sent with the \`Consistency-Token\` of a command's
  answer, they wait until they show what it did.
- \`x-correlation-id\` or \`traceparent\` goes through all that a command leads to.

${parts.streams ? STREAMS : ''}## Settings

[.env.example](.env.example) has all of them. Events are in \`STORE_URL\`; services hear each other through \`BROKER_URL\`
(default \`${brokerOf(parts)}\`), which is the same for all of them. See [below](#on-postgresql-and-with-kafka). On SIGTERM it finishes what it has in hand within
\`DRAIN_SECONDS\` and ends with 0; with 1 where it could not.

Where it cannot start it says why in one line, and ends with 2 where the environment is wrong (a setting, a URL, a port
that is in use), and with 4 where a store or broker cannot be reached or opened, or refuses. A fault of the code is
logged with its stack, and ends with 1.

## On PostgreSQL, and with Kafka

The two URLs are all that changes in the service; what it has stored stays in the old place:

\`\`\`sh
STORE_URL='${postgresOf(parts, 'localhost').store}'
BROKER_URL='${postgresOf(parts, 'localhost').broker}'
# with Kafka: BROKER_URL='kafka://localhost:9092'
\`\`\`

Each service has a schema of its own; what they tell each other is in one that all share, or in Kafka. In containers:

\`\`\`sh
docker compose up                                                                            # SQLite
docker compose -f compose.yaml -f compose.postgres.yaml up                                   # PostgreSQL
docker compose -f compose.yaml -f compose.postgres.yaml -f compose.kafka.yaml up             # with Kafka
\`\`\`

Several processes of the service may run on one store: each part runs in one of them, and another one takes over.
`
}

const STREAMS = `## The streams application

\`streams/\` is a Maven project of its own (Java 17): joins, a windowed sum and deduplication on Kafka Streams, as the
place to begin from. \`mvn -q -B package\` in it compiles and tests it.

`

function tryIt(parts: ServiceParts): string {
  const { flow, service } = parts
  const command = [...flow.commands.values()].find(
    (one) => one.service === service.name && one.by !== undefined,
  )
  const sent = command === undefined ? '' : `\`\`\`sh\n${curl(parts, command)}\n\`\`\`\n`
  const [model] = viewOf(flow, service.name).projections
  const read =
    model === undefined
      ? ''
      : `\n\`\`\`sh\ncurl -s http://localhost:${portOf(parts)}/${kebab(model.name)}\n\`\`\`\n`
  if (sent === '' && read === '')
    return 'Nobody outside sends it commands: it works on what other services say.\n'
  return `${sent}${read}`
}

function curl(parts: ServiceParts, command: Command): string {
  const idName = parts.flow.aggregates.get(command.aggregate)?.id.name ?? ''
  const { [idName]: id, ...data } = command.payload.example
  const url = `http://localhost:${portOf(parts)}/${plural(kebab(command.aggregate))}/${encodeURIComponent(String(id))}/${kebab(command.name)}`
  const body = JSON.stringify(data).replaceAll("'", "'\\''")
  return `curl -s -X POST '${url}' \\
  -H 'Idempotency-Key: try-1' -H 'Content-Type: application/json' \\
  -d '${body}'`
}
