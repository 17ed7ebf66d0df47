import { EventwrightError } from '../event/index.ts'

/** The topic was never made. */
export class UnknownTopic extends EventwrightError {
  readonly code = 'UnknownTopic'
  readonly topic: string

  constructor(topic: string, url: string) {
    super(`there is no topic "${topic}" on ${url}: make it with ensureTopic before it is used`)
    this.topic = topic
  }
}

/** A topic has fewer partitions than were asked for. */
export class PartitionsDiffer extends EventwrightError {
  readonly code = 'PartitionsDiffer'
  readonly topic: string
  readonly actual: number
  readonly wanted: number

  constructor(topic: string, actual: number, wanted: number) {
    super(
      `topic "${topic}" has ${actual} partitions, ${wanted} were asked for: ask for ${actual} or fewer, since more would move keys between partitions and break their order`,
    )
    this.topic = topic
    this.actual = actual
    this.wanted = wanted
  }
}

/** A message is over the limit of `MAX_MESSAGE_BYTES`. */
export class MessageTooLarge extends EventwrightError {
  readonly code = 'MessageTooLarge'
  readonly topic: string
  readonly id: string
  readonly bytes: number

  constructor(topic: string, id: string, bytes: number, limit: number) {
    super(
      `message "${id}" for topic "${topic}" has ${bytes} bytes with its headers, ${limit} are allowed: store the payload elsewhere and send where it stands`,
    )
    this.topic = topic
    this.id = id
    this.bytes = bytes
  }
}

/** The broker was closed before this call. */
export class BrokerClosed extends EventwrightError {
  readonly code = 'BrokerClosed'

  constructor(url: string) {
    super(`the broker ${url} is closed: close it after the last call, or open another one`)
  }
}

/** The broker cannot be reached, does not let this client in, or did not answer in time. */
export class BrokerUnreachable extends EventwrightError {
  readonly code = 'BrokerUnreachable'

  /** `url`: without user and password. */
  constructor(url: string, why: string, options?: ErrorOptions) {
    super(`the broker ${url} ${why}`, options)
  }
}
