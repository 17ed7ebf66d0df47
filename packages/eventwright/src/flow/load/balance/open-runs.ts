import { streamOf } from '@eventwright/core'
import type { SagaRun, Sent } from './saga-run.ts'

/** The runs that have not ended, by the saga's stream and by the streams that they sent commands to. */
export interface OpenRuns {
  begin(stream: string, run: SagaRun): void
  /** Forgets the run. */
  end(stream: string): void
  of(stream: unknown): SagaRun | undefined
  /** The run has sent this command: an answer from outside may come from its stream. */
  aim(run: SagaRun, sent: Sent): void
  aimedAt(stream: string): Iterable<SagaRun>
  all(): Iterable<SagaRun>
}

export function openRuns(): OpenRuns {
  const open = new Map<string, SagaRun>()
  const targets = new Map<string, Set<SagaRun>>()
  return {
    begin: (stream, run) => void open.set(stream, run),
    end(stream) {
      const run = open.get(stream)
      if (!run) return
      open.delete(stream)
      for (const sent of run.sent.values()) {
        const target = targetOf(sent)
        const runs = targets.get(target)
        runs?.delete(run)
        if (runs?.size === 0) targets.delete(target)
      }
    },
    of: (stream) => (typeof stream === 'string' ? open.get(stream) : undefined),
    aim(run, sent) {
      const target = targetOf(sent)
      const runs = targets.get(target) ?? new Set()
      targets.set(target, runs.add(run))
    },
    aimedAt: (stream) => targets.get(stream) ?? [],
    all: () => open.values(),
  }
}

function targetOf({ command }: Sent): string {
  return streamOf(command.aggregate, command.id)
}
