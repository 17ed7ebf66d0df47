import process from 'node:process'
import { type Command, Option } from 'commander'
import {
  type Drawn,
  drawFlow,
  type Flow,
  type ScenarioResult,
  type Subject,
  subjectsOf,
} from '../flow/index.ts'
import { chosen, KINDS, type Kind } from './draw-choice.ts'
import { DRAW_FORMATS, type DrawFormat, drawnText, fileOf } from './draw-text.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { interruptible } from './interrupt.ts'
import { loadRunnable } from './load-runnable.ts'
import { progress } from './progress.ts'
import { UsageError } from './usage-error.ts'
import { writeFiles } from './write-files.ts'

interface Options {
  readonly only?: readonly Kind[]
  readonly aggregate?: readonly string[]
  readonly scenario?: readonly string[]
  readonly format?: DrawFormat
  readonly out?: string
}

/** `eventwright draw FLOW`. */
export function addDraw(program: Command, finish: Finish): void {
  program
    .command('draw')
    .description(
      'draw a flow in Mermaid: services and topics, the states of each aggregate, each scenario as it runs',
    )
    .argument('<flow>', 'the flow file')
    .addOption(new Option('--only <kind...>', 'only these kinds').choices(KINDS))
    .option('--aggregate <name...>', 'only the states of these aggregates')
    .option('--scenario <name...>', 'only these scenarios')
    .addOption(
      new Option('--format <format>', 'markdown, or one diagram as it is (default: markdown)').choices(
        DRAW_FORMATS,
      ),
    )
    .option('--out <folder>', 'write a file each, all of them or none (default format: mermaid)')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: Options) => {
      finish(await draw(file, options))
    })
}

const EXAMPLES = `
Examples:
  $ eventwright draw shop.flow.yaml > shop.md
  $ eventwright draw shop.flow.yaml --aggregate Order --format mermaid > order.mmd
  $ eventwright draw shop.flow.yaml --out diagrams`

async function draw(file: string, options: Options): Promise<ExitCode> {
  const loaded = await loadRunnable(file)
  if (!loaded.flow) return loaded.code
  const { flow } = loaded
  const subjects = chosen(subjectsOf(flow), file, options)
  const format = formatOf(options, subjects.length)
  const { diagrams, results } = await drawn(flow, subjects)
  if (options.out === undefined) process.stdout.write(drawnText(format, flow.name, diagrams))
  else
    await writeOut(
      options.out,
      diagrams.map((diagram) => fileOf(format, diagram)),
    )
  const failed = results.filter(({ verdict }) => verdict === 'failed')
  for (const result of failed) warn(result, file)
  return codeOf(failed)
}

function formatOf({ format, out }: Options, count: number): DrawFormat {
  if (out !== undefined) return format ?? 'mermaid'
  if (format === 'mermaid' && count !== 1) {
    throw new UsageError(
      `--format mermaid prints one diagram, and this would be ${count}. Choose one with --only overview, --aggregate or --scenario, or write a file each with --out FOLDER.`,
    )
  }
  return format ?? 'markdown'
}

async function drawn(flow: Flow, subjects: readonly Subject[]): Promise<Drawn> {
  using interrupt = interruptible()
  const shown = progress()
  try {
    return await drawFlow(flow, subjects, {
      signal: interrupt.signal,
      onStart: ({ name }, index, total) => shown.show(`${index + 1}/${total} ${name}`),
    })
  } finally {
    shown.clear()
  }
}

async function writeOut(folder: string, files: readonly { readonly path: string; readonly text: string }[]) {
  await writeFiles(folder, files)
  process.stdout.write(files.map(({ path }) => `${path}\n`).join(''))
}

function warn({ scenario }: ScenarioResult, file: string): void {
  process.stderr.write(
    `eventwright: "${scenario.name}" fails. Its picture shows what happened; what should have is told by: eventwright run ${file} --scenario ${JSON.stringify(scenario.name)}\n`,
  )
}

function codeOf(failed: readonly ScenarioResult[]): ExitCode {
  if (failed.some(({ happened }) => happened.faults.some(({ broken }) => broken))) return EXIT.broken
  return failed.length > 0 ? EXIT.findings : EXIT.good
}
