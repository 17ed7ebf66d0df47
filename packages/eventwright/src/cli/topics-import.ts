import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import process from 'node:process'
import type { Command } from 'commander'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { type ClusterOptions, withCluster, within } from './topics-input.ts'
import { UsageError } from './usage-error.ts'

type Options = ClusterOptions & { readonly env: string; readonly out?: string }

/** `eventwright topics import`. */
export function addTopicsImport(topics: Command, finish: Finish): void {
  withCluster(topics.command('import'))
    .description('write a topic file from a live cluster')
    .option('--env <environment>', 'what to call the environment', 'production')
    .option('--out <file>', 'write to this new file instead of standard output')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => finish(await importTopics(options)))
}

const EXAMPLES = `
A plan of the file against the same cluster has no changes.

Example:
  $ eventwright topics import --brokers localhost:9092 --env dev --out topics.yaml`

async function importTopics(options: Options): Promise<ExitCode> {
  const { out } = options
  if (out !== undefined && existsSync(out)) {
    throw new UsageError(`${out} is there already. Name another file, or remove it.`)
  }
  const { topicFileOf } = await import('../topics/index.ts')
  const text = await within(options, [], async (cluster, brokers) =>
    topicFileOf(await cluster.read(), options.env, brokers),
  )
  if (out === undefined) process.stdout.write(text)
  else await writeWhole(out, text)
  return EXIT.good
}

/** A file is there whole or not at all. */
async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.part`
  try {
    await writeFile(temporary, text, { flag: 'wx' })
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
}
