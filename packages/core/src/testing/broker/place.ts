import type { Broker, BrokerEngine } from '../../broker/index.ts'

/** A broker that can be cut off from its storage, as a process that hangs or a network that breaks is. */
export interface CutOffBroker {
  readonly broker: Broker
  /** From now on no call of this broker reaches the storage. */
  cut(): void
  /** Calls go through again, those that waited too. */
  mend(): void
}

/** Where one test runs: nothing in it yet, and nobody else there. */
export interface BrokerPlace {
  /** Opening it several times gives the same topics. */
  readonly engine: BrokerEngine
  openCutOff(): Promise<CutOffBroker>
  dispose(): Promise<void>
}

export type BrokerPromise = (place: BrokerPlace) => Promise<void>
export type BrokerPromises = { readonly [name: string]: BrokerPromise }
