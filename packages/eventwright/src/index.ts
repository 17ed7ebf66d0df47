/**
 * Eventwright in a program: flow files are loaded, checked and run as the command does it.
 *
 * ```ts
 * const loaded = await loadFlow(['shop.flow.yaml'])
 * const { findings, coverage } = checkFlow(loaded)
 * process.stdout.write(formatFindings('text', findings, loaded.sources))
 * ```
 */
export * from './flow/index.ts'
