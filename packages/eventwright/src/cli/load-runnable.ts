import process from 'node:process'
import { type Flow, formatFindings, loadFlow } from '../flow/index.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { refreshSchema } from './flow-schema.ts'

/** A flow that can be run; else its findings go to standard error, and the exit code says how bad they are. */
export async function loadRunnable(
  file: string,
): Promise<{ readonly flow: Flow } | { readonly flow?: never; readonly code: ExitCode }> {
  const loaded = await loadFlow([file])
  const { flow, findings, sources } = loaded
  if (flow) {
    await refreshSchema(loaded)
    return { flow }
  }
  process.stderr.write(formatFindings('text', findings, sources))
  return { code: findings.some(({ level }) => level === 'broken') ? EXIT.broken : EXIT.findings }
}
