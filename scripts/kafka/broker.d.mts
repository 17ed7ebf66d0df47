// The types of broker.mjs for TypeScript that does not read JSDoc. What they mean is told there.

export type Config = Record<string, string | number | boolean>

export type Kafka = {
  bootstrap: string
  nodes: { id: number; address: string; second?: string }[]
  kill: (node?: number) => Promise<void>
  start: (node?: number) => Promise<void>
  stop: () => Promise<void>
  [Symbol.asyncDispose]: () => Promise<void>
}

export function startKafka(options?: {
  version?: string
  brokers?: number
  heap?: string
  config?: Config
  perBroker?: Record<number, Config>
  advertised?: string
}): Promise<Kafka>

export function withoutKafka(): string | false
