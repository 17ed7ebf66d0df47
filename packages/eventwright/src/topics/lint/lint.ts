import { inOrder, type Sources } from '../../findings/index.ts'
import type { TopicCode, TopicFinding, TopicReport } from '../codes.ts'
import type { TopicDocument } from '../file/document.ts'
import { resolve } from '../file/resolve.ts'
import type { Desired } from '../model.ts'
import { checkNames } from './names.ts'
import { checkReplication } from './replication.ts'
import { checkUse } from './use.ts'
import { checkVersions } from './versions.ts'

/**
 * All findings of a topic file: those of reading it, and those of each environment (or of the only one that is
 * asked about). What cannot be read is told alone.
 */
export function lintTopics(
  { document, report, sources }: { document: TopicDocument; report: TopicReport; sources: Sources },
  environment?: string,
): TopicFinding[] {
  const sound = report.findings.every(({ level }) => level !== 'broken')
  if (sound) for (const desired of desiredOf(document, environment, report)) check(document, desired, report)
  return inOrder(report.findings, [...sources.keys()])
}

/**
 * What keeps a file from being compared with a cluster: it is not what was meant, or Kafka would refuse it. Everything
 * else may well be what the cluster has.
 */
export function blocking(findings: readonly TopicFinding[]): TopicFinding[] {
  return findings.filter(({ code, level }) => level === 'broken' || BLOCKING.has(code))
}

const BLOCKING: ReadonlySet<TopicCode> = new Set([
  'config-unknown',
  'config-value',
  'topic-name',
  'topic-name-collision',
  'environment-unknown-topic',
])

function desiredOf(document: TopicDocument, name: string | undefined, report: TopicReport): Desired[] {
  const meant = document.environments.filter(
    ({ environment }) => name === undefined || environment.name === name,
  )
  if (meant.length === 0) return [resolve(document, undefined, report)]
  return meant.map((environment) => resolve(document, environment, report))
}

function check(document: TopicDocument, desired: Desired, report: TopicReport): void {
  checkNames(desired.topics, document.pattern, report)
  for (const topic of desired.topics) {
    checkVersions(topic, document.kafka, report)
    checkReplication(topic, desired.environment, report)
    checkUse(topic, desired, report)
  }
}
