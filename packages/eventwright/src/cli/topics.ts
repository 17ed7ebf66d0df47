import type { Command } from 'commander'
import type { Finish } from './exit-codes.ts'
import { addTopicsApply } from './topics-apply.ts'
import { addTopicsDrift } from './topics-drift.ts'
import { addTopicsImport } from './topics-import.ts'
import { addTopicsLint } from './topics-lint.ts'
import { addTopicsPlan } from './topics-plan.ts'

/** `eventwright topics …`. */
export function addTopics(program: Command, finish: Finish): void {
  const topics = program
    .command('topics')
    .description('Kafka topics as code: check a file of topics, compare it with a cluster, apply it')
    .addHelpText('after', HELP)
  addTopicsLint(topics, finish)
  addTopicsPlan(topics, finish)
  addTopicsApply(topics, finish)
  addTopicsDrift(topics, finish)
  addTopicsImport(topics, finish)
}

const HELP = `
Options (each command shows its own with --help):
  --flow <flow...>          take the topics of flow files
  --env <environment>       the environment of the topic file
  --brokers <brokers>       HOST:PORT,… or kafka://HOST:PORT
  --config <properties>     client settings: security.protocol, sasl.*, ssl.*
  --format <format>         how findings or the plan are printed
  --yes                     apply without asking
  --allow-key-remap         more partitions of a topic whose keys are in order
  --allow-message-loss      settings after which messages are deleted
  --allow-delete <topic...> delete these topics
  --out <file>              where import writes

Examples:
  $ eventwright topics lint topics.yaml
  $ eventwright topics plan topics.yaml --env production --brokers localhost:9092`
