import { InvalidPayload } from '../event/index.ts'
import { checkId } from '../store/index.ts'

/** Kafka's limit of a topic's name. */
const LONGEST = 249

/** The name of a topic or group, alike on every engine: not empty, no U+0000, at most 249 bytes. @throws InvalidPayload */
export function checkName(name: string, subject: 'a topic' | 'a consumer group'): void {
  checkId(name, subject)
  const bytes = Buffer.byteLength(name)
  if (bytes > LONGEST)
    throw new InvalidPayload(subject, '', `has ${bytes} bytes, more than ${LONGEST}`, 'Shorten it.', 'it')
}
