import type { Attributes, BatchObservableResult, Meter, Observable } from '@opentelemetry/api'
import type { Figure, Reading } from './event/index.ts'

/** Has the meter ask for these figures whenever it exports; returns what ends it. */
export function watch(
  meter: Meter,
  figures: readonly Figure[],
  read: () => Promise<readonly Reading[]>,
): () => void {
  const instruments = new Map(figures.map((figure) => [figure, instrumentOf(meter, figure)]))
  async function observe(result: BatchObservableResult): Promise<void> {
    // An app that has ended since has no figures.
    const readings = await read().catch(() => [])
    for (const { figure, value, labels } of readings) {
      const instrument = instruments.get(figure)
      if (instrument) result.observe(instrument, value, attributesOf(labels))
    }
  }
  const all = [...instruments.values()]
  meter.addBatchObservableCallback(observe, all)
  return () => meter.removeBatchObservableCallback(observe, all)
}

function instrumentOf(meter: Meter, { name, kind, help, unit }: Figure): Observable {
  const options = { description: help, ...(unit === undefined ? {} : { unit }) }
  return kind === 'gauge'
    ? meter.createObservableGauge(name, options)
    : meter.createObservableCounter(name, options)
}

function attributesOf(labels: Reading['labels']): Attributes {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [`eventwright.${name}`, value]))
}
