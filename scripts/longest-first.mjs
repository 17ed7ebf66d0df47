/**
 * The test files that take longest, longest first: all that take five seconds or more on a quiet machine. One that is
 * begun last leaves the other cores idle for all of its time.
 */
export const LONGEST = [
  'scripts/skill/kafka-streams.test.mjs',
  'scripts/skill/skill.test.ts',
  'scripts/package.test.mjs',
  'scripts/pairs/pairs.test.ts',
  'packages/eventwright/src/scaffold/domain/domain.test.ts',
  'docs/snippets.test.ts',
  'packages/eventwright/src/topics/production.test.ts',
  'scripts/skill/scaffold-streams.test.mjs',
  'scripts/chaos/services/services.test.ts',
  'scripts/chaos/chaos.test.ts',
  'packages/eventwright/src/scaffold/five-services.test.ts',
  'scripts/skill/kafka-streams-dsl.test.mjs',
  'packages/eventwright/src/scaffold/service.test.ts',
  'scripts/kafka/broker.test.mjs',
  'scripts/skill/pitfalls.test.mjs',
  'packages/eventwright/src/scaffold/domain/every-key.test.ts',
  'examples/order-services/src/start/main.test.ts',
  'scripts/skill/validate-events.test.mjs',
  'packages/eventwright/src/skill/interrupted.test.ts',
  'packages/eventwright/src/flow/draw/mermaid.test.ts',
  'packages/eventwright/src/cli/endings.test.ts',
  'packages/eventwright/src/cli/scaffold.test.ts',
  'packages/eventwright/src/flow/run/run-flow.test.ts',
  'packages/eventwright/src/cli/skill.test.ts',
  'docs/getting-started.test.ts',
  'packages/eventwright/src/cli/postgres.test.ts',
  'packages/eventwright/src/scaffold/engines.test.ts',
  'packages/eventwright/src/flow/run/adversity/adversity.test.ts',
  'packages/core/src/runner/processes.test.ts',
  'packages/core/src/runner/instances.test.ts',
  'packages/core/src/runner/draining.test.ts',
  'packages/core/src/saga/kills.test.ts',
  'packages/core/src/store/postgres/epoch.test.ts',
  'packages/core/src/store/postgres/bad-worlds.test.ts',
  'packages/core/src/delivery/delivery-postgres.test.ts',
  'packages/eventwright/src/cli/dead-live.test.ts',
  'packages/eventwright/src/validation/differential.test.ts',
]

/** Files that wait for most of their time, in the order in which they are begun: for time-outs, sessions and leases. */
export const WAITING = [
  'packages/core/src/delivery/delivery-kafka.test.ts',
  'packages/eventwright/src/cli/topics-live.test.ts',
  'packages/core/src/saga/engines.test.ts',
  'packages/eventwright/src/cli/topics.test.ts',
  'packages/core/src/broker/kafka/kafka-broker.test.ts',
  'packages/core/src/broker/kafka/oldest.test.ts',
  'packages/core/src/runner/at-rest.test.ts',
  'packages/core/src/store/postgres/lost-connections.test.ts',
]

/**
 * @param {string[]} files
 * @param {string[]} [longest]
 * @returns {string[]} the same files, with the longest first; the others keep their order
 */
export function longestFirst(files, longest = LONGEST) {
  return [
    ...longest.filter((file) => files.includes(file)),
    ...files.filter((file) => !longest.includes(file)),
  ]
}
