import process from 'node:process'
import { type Finding, type Format, formatFindings, type Sources } from '../findings/index.ts'

/** Prints findings as they come, or at the end where the format is one document. */
export type FindingPrinter = {
  print(finding: Finding): void
  printAll(findings: readonly Finding[], sources: Sources): void
  end(): void
  /** How many findings there are. */
  found(): number
  /** How many findings there were beyond those that are printed. */
  unprinted(): number
}

const AS_THEY_COME: readonly Format[] = ['text', 'ndjson', 'github']

/** `max`: print no more than this; 0 prints all. `inputs` are named even where nothing is found (junit). */
export function createFindingPrinter(format: Format, inputs: readonly string[], max: number): FindingPrinter {
  const kept: Finding[] = []
  const comes = AS_THEY_COME.includes(format)
  let found = 0
  const print = (finding: Finding): void => {
    found++
    if (max > 0 && found > max) return
    if (!comes) kept.push(finding)
    else
      process.stdout.write(`${formatFindings(format, [finding], new Map())}${format === 'text' ? '\n' : ''}`)
  }
  return {
    print,
    printAll(findings, sources) {
      found += findings.length
      process.stdout.write(formatFindings(format, findings, sources))
    },
    end() {
      const files = new Map(inputs.map((input) => [input === '-' ? '<stdin>' : input, '']))
      if (!comes) process.stdout.write(formatFindings(format, kept, files))
    },
    found: () => found,
    unprinted: () => (max > 0 ? Math.max(0, found - max) : 0),
  }
}
