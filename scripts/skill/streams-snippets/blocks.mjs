/** @typedef {import('../../../docs/markdown.ts').Fence} Fence */
/**
 * A block of the reference with what the harness does with it:
 * - `imports` stand before every other block;
 * - `class` is one or more types that the other blocks may use;
 * - `topology` are statements with `builder` and `config` in scope: they run, and must give a topology;
 * - `program` the same, but it is only run; what it prints stands in the `text output` below;
 * - `compiled` is compiled, and not run, since it needs a broker.
 * @typedef {{ kind: 'imports' | 'class' | 'topology' | 'program' | 'compiled', fence: Fence }} Block
 */
/**
 * Lines that go in, and what comes out: `5s orders o1=c1/30 → o1=paid`.
 * @typedef {{ fence: Fence, of: Fence, times: boolean, lines: TraceLine[] }} Trace
 * @typedef {{ number: number, input: string, expected: string }} TraceLine
 */

const KINDS = /** @type {const} */ (['imports', 'class', 'program', 'compiled'])

/**
 * @param {readonly Fence[]} fences
 * @returns {Block[]}
 */
export function blocksOf(fences) {
  return fences
    .filter(({ language }) => language === 'java')
    .map((fence) => ({ fence, kind: KINDS.find((kind) => fence.options.has(kind)) ?? 'topology' }))
}

/**
 * The traces; each is about the topology that stands nearest above it.
 * @param {readonly Fence[]} fences
 * @returns {Trace[]}
 */
export function tracesOf(fences) {
  const topologies = blocksOf(fences).filter(({ kind }) => kind === 'topology')
  return fences
    .filter(({ language, options }) => language === 'text' && options.has('trace'))
    .map((fence) => {
      const above = topologies.findLast((block) => block.fence.line < fence.line)
      if (above === undefined) throw new Error(`No topology stands above the trace at line ${fence.line}.`)
      return { fence, of: above.fence, times: fence.options.has('times'), lines: linesOf(fence) }
    })
}

/**
 * Without comments and empty lines; a line without an arrow brings nothing out.
 * @param {Fence} fence
 * @returns {TraceLine[]}
 */
function linesOf({ text, line }) {
  return text
    .split('\n')
    .map((whole, index) => {
      const [input = '', expected = 'nothing'] = (whole.split('#')[0] ?? '').split('→')
      return {
        number: line + 1 + index,
        input: input.trim(),
        expected: expected.trim().replaceAll(/\s+/g, ' '),
      }
    })
    .filter(({ input }) => input !== '')
}

/**
 * The Java file of a block. Its code stands at the lines at which the document has it, so that what the compiler and
 * a stack trace say leads there.
 * @param {Block} block
 * @param {readonly Block[]} all
 */
export function sourceOf({ kind, fence }, all) {
  const imports = all
    .filter((block) => block.kind === 'imports')
    .map((block) => block.fence.text.replaceAll(/\/\/.*/g, ''))
  const before = ['package snippets;', ...imports.join('').split('\n')].join(' ').trim()
  const gap = '\n'.repeat(fence.line)
  if (kind === 'imports') return `package snippets;${gap}${fence.text}final class ${nameOf(fence)} {}\n`
  if (kind === 'class') return `${before}${gap}${fence.text}`
  const head = `final class ${nameOf(fence)} implements Snippet { public void show(StreamsBuilder builder, java.util.Properties config) throws Exception {`
  return `${before} ${head}${gap}${fence.text}}}\n`
}

/** @param {Fence} fence */
export function nameOf({ line }) {
  return `Line${line}`
}
