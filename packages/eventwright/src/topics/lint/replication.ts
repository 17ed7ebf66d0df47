import type { TopicReport } from '../codes.ts'
import type { DesiredTopic, Environment } from '../model.ts'
import { settingOf } from './settings.ts'

const SAFE = 3

/** Copies against brokers, and copies in sync against copies. */
export function checkReplication(
  topic: DesiredTopic,
  environment: Environment | undefined,
  report: TopicReport,
): void {
  const { name } = topic
  const { value: copies, place } = topic.replication
  const brokers = environment?.brokers
  const where = environment ? ` in ${environment.name}` : ''
  if (brokers !== undefined && copies > brokers) {
    const message = `\`${name}\` has ${copies} copies${where}, and there are ${brokers} brokers.`
    report(
      'replication-over-brokers',
      place,
      message,
      `Write \`replication: ${Math.min(brokers, SAFE)}\` there.`,
    )
  }
  if (brokers !== undefined && brokers >= SAFE && copies < SAFE) {
    const message = `\`${name}\` has ${copies} copies${where}, where there are ${brokers} brokers.`
    report('replication-low', place, message, `Write \`replication: ${SAFE}\`.`)
  }
  checkInSync(topic, copies, where, report)
  const unclean = topic.settings.get('unclean.leader.election.enable')
  if (unclean?.value === 'true' && copies > 1) {
    const message = `\`${name}\` lets a copy that lags behind become the leader.`
    report('unclean-election', unclean.place, message, 'Write `false`, which is the default.')
  }
}

function checkInSync(topic: DesiredTopic, copies: number, where: string, report: TopicReport): void {
  const { value, place } = settingOf(topic, 'min.insync.replicas')
  const inSync = Number(value)
  const sensible = copies === 1 ? 1 : copies - 1
  const mend = `Write \`min-in-sync: ${sensible}\`.`
  if (inSync > copies) {
    const message = `\`${topic.name}\` wants ${inSync} copies in sync${where}, and has ${copies}.`
    report('min-in-sync-over-replication', place, message, mend)
  } else if (inSync === copies && copies > 1) {
    const message = `\`${topic.name}\` wants all its ${copies} copies in sync${where}.`
    report('min-in-sync-blocks', place, message, mend)
  } else if (inSync === 1 && copies >= SAFE) {
    const message = `\`${topic.name}\` has ${copies} copies${where}, and 1 in sync is enough to write.`
    report('min-in-sync-low', place, message, mend)
  }
}
