import type { TopicReport } from '../codes.ts'
import { missingIn } from '../kafka/index.ts'
import type { DesiredTopic } from '../model.ts'

/** The version that is meant where the file does not say one. */
const LATEST_TESTED = '4.1'

/** Settings that the version of the cluster does not have. */
export function checkVersions(topic: DesiredTopic, asked: string | undefined, report: TopicReport): void {
  const version = asked ?? LATEST_TESTED
  for (const [key, { place, written }] of topic.settings) {
    const missing = missingIn(key, version)
    if (missing === undefined) continue
    const mend = `Remove it, or say the version of the brokers at the top: \`kafka: '…'\` (here ${version}).`
    report('config-version', place, `\`${written}\` ${missing}.`, mend)
  }
}
