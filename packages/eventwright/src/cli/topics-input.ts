import process from 'node:process'
import type { Command } from 'commander'
import type { Actual, Allowed, Cluster, Desired, LoadedTopics, Plan, TopicFinding } from '../topics/index.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { UsageError } from './usage-error.ts'

/** What says which topics should be there, and in which environment. */
export type FileOptions = { readonly flow?: readonly string[]; readonly env?: string }
/** What says how to reach a cluster. */
export type ClusterOptions = { readonly brokers?: string; readonly config?: string }

/** What the user allows beyond the safe. */
export type AllowOptions = { readonly allowKeyRemap?: boolean; readonly allowMessageLoss?: boolean }

/** What all that compare with a cluster begin from. */
export type Compared = {
  readonly desired: Desired
  readonly plan: Plan
  readonly actual: Actual
  readonly cluster: Cluster
  readonly loaded: LoadedTopics
}

/** Adds the options that say what is read. */
export function withFile(command: Command): Command {
  return command
    .argument('[file]', 'the topic file')
    .option(
      '--flow <flow...>',
      'take the topics of these flow files, with the settings of the topic file if there is one',
    )
    .option('--env <environment>', 'the environment of the topic file')
}

/** Adds the options that say how to reach a cluster. */
export function withCluster(command: Command): Command {
  return command
    .option('--brokers <brokers>', 'HOST:PORT,… or kafka://HOST:PORT; else those of the environment')
    .option('--config <properties>', 'client settings: security.protocol, sasl.*, ssl.*')
}

/** Adds the options that allow what is refused otherwise. */
export function withAllowed(command: Command): Command {
  return command
    .option('--allow-key-remap', 'more partitions of a topic whose keys are in order')
    .option('--allow-message-loss', 'settings after which the brokers delete messages that they keep now')
}

/** The same for the plan. */
export function allowedBy({ allowKeyRemap = false, allowMessageLoss = false }: AllowOptions): Allowed {
  return { keyRemap: allowKeyRemap, messageLoss: allowMessageLoss }
}

/** Reads the topics. */
export async function load(file: string | undefined, { flow, env }: FileOptions): Promise<LoadedTopics> {
  if (file === undefined && flow === undefined) {
    throw new UsageError(
      'Name a topic file, or flow files with --flow. The file stands before an option that takes several values.',
    )
  }
  const { environmentOf, loadTopics, UnknownEnvironment } = await import('../topics/index.ts')
  const input = { ...(file === undefined ? {} : { file }), ...(flow === undefined ? {} : { flow }) }
  const loaded = await loadTopics(input)
  // Of a file that cannot be read the environments are not known either: that is told first.
  if (env === undefined || loaded.report.findings.some(({ level }) => level === 'broken')) return loaded
  try {
    environmentOf(loaded.document, env)
  } catch (error) {
    throw error instanceof UnknownEnvironment ? new UsageError(error.message) : error
  }
  return loaded
}

/** The exit code of findings. */
export function codeOf(findings: readonly TopicFinding[]): ExitCode {
  if (findings.some(({ level }) => level === 'broken')) return EXIT.broken
  return findings.length > 0 ? EXIT.findings : EXIT.good
}

/**
 * Compares the topics with a cluster and hands that on. Ends early, with its exit code, where the file cannot be what
 * is meant or the cluster is another one; both are told on standard error.
 */
export async function compare(
  file: string | undefined,
  options: FileOptions & ClusterOptions,
  allowed: Allowed,
  use: (compared: Compared) => Promise<ExitCode>,
): Promise<ExitCode> {
  const loaded = await load(file, options)
  const topics = await import('../topics/index.ts')
  try {
    const findings = topics.lintTopics(loaded, options.env)
    const faults = topics.blocking(findings)
    if (faults.length > 0) {
      const { formatFindings } = await import('../findings/index.ts')
      process.stderr.write(formatFindings('text', faults, loaded.sources))
      return codeOf(faults)
    }
    if (findings.length > 0)
      process.stderr.write(
        `${findings.length} finding${findings.length === 1 ? '' : 's'} in the file: see topics lint.\n`,
      )
    const chosen = topics.environmentOf(loaded.document, options.env)
    const desired = topics.resolve(loaded.document, chosen, loaded.report)
    return await within(options, chosen?.environment.bootstrap ?? [], async (cluster) => {
      const actual = await cluster.read()
      if (desired.environment?.cluster !== undefined) topics.checkCluster(desired.environment.cluster, actual)
      warnOfAnother(desired, actual)
      return use({ desired, plan: topics.planTopics(desired, actual, allowed), actual, cluster, loaded })
    })
  } catch (error) {
    if (error instanceof topics.UnknownEnvironment) throw new UsageError(error.message)
    if (!(error instanceof topics.WrongCluster)) throw error
    process.stderr.write(`eventwright: ${error.message}\n`)
    return EXIT.findings
  }
}

/** A cluster of another size may be that of another environment. */
function warnOfAnother({ environment }: Desired, { cluster, brokers }: Actual): void {
  if (environment?.brokers === undefined || environment.cluster !== undefined) return
  if (environment.brokers === brokers) return
  process.stderr.write(
    `Is this the right cluster? ${environment.name} has ${environment.brokers} brokers in the file, and this one has ${brokers}. \`cluster: ${cluster}\` in that environment would refuse every other.\n`,
  )
}

/** Opens a cluster for as long as it is used. */
export async function within<T>(
  { brokers, config }: ClusterOptions,
  bootstrap: readonly string[],
  use: (cluster: Cluster, brokers: readonly string[]) => Promise<T>,
): Promise<T> {
  const { ClientSettingsError, clientSettings, openCluster } = await import('../topics/index.ts')
  const input = {
    ...(brokers ? { brokers } : {}),
    ...(config ? { config } : {}),
    bootstrap,
    env: process.env,
  }
  const settings = await clientSettings(input).catch((error: unknown) => {
    if (error instanceof ClientSettingsError) throw new UsageError(error.message)
    throw error
  })
  const cluster = openCluster(settings)
  try {
    return await use(cluster, settings.brokers)
  } finally {
    await cluster.close()
  }
}
