import process from 'node:process'
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

/**
 * What a script's command line says, of these options and `--help`. Ends the process where it only asks for help (0) or
 * is wrong (3).
 */
export function commandOptions<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  help: string,
  options: Options,
) {
  const { values } = parsed(args, help, options)
  if ('help' in values && values.help) {
    console.log(help)
    process.exit(0)
  }
  return values
}

function parsed<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  help: string,
  options: Options,
) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean' as const, short: 'h' } },
    })
  } catch (error) {
    return wrongUsage(error instanceof Error ? error.message : String(error), help)
  }
}

/** A whole number from `least` (default 1) on. */
export function countOf(
  option: readonly [name: string, text: string | undefined],
  otherwise: number,
  help: string,
  least = 1,
): number {
  const [name, text] = option
  if (text === undefined) return otherwise
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text)
  return wrongUsage(`--${name} takes a whole number from ${least} on, not '${text}'.`, help)
}

export function wrongUsage(message: string, help: string): never {
  console.error(`${message}\n\n${help}`)
  process.exit(3)
}
