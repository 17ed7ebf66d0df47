// Runs the chaos that the command line asks for, and tells what it came to.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { commandOf, optionsOf } from './options.ts'
import { runChaos, type Seen } from './run.ts'
import { stageOf } from './stages.ts'
import { CHECKS, type Offence, offencesOf, type Truth } from './truth/index.ts'

const MOST_SHOWN = 5

const options = optionsOf(process.argv.slice(2))
const folder = mkdtempSync(join(tmpdir(), 'eventwright-chaos-'))
const remove = (): void => {
  if (!options.keep) rmSync(folder, { recursive: true, force: true })
}
console.error(commandOf(options))
const stage = await stageOf({ ...options, folder })
const seen = await runChaos({
  ...options,
  stage,
  onProgress: (line) => console.error(line),
  cleanUp: remove,
})
for (const trouble of seen.troubles.slice(0, MOST_SHOWN)) console.log(`trouble: ${trouble}`)
const truth = await stage.truth()
const offences = offencesOf(truth, seen)
console.log([figuresOf(seen, truth), stage.figures()].filter(Boolean).join('; '))
const isGood = offences.length === 0 && seen.troubles.length === 0
if (isGood) console.log(`all ${CHECKS.length} checks hold`)
else tellFailure()
if (options.keep) console.error(`the files are in ${folder}`)
await stage.close()
remove()
process.exit(isGood ? 0 : 1)

function tellFailure(): void {
  for (const offence of offences) console.log(shown(offence))
  console.log(`again: ${commandOf(options)} --keep`)
}

function shown({ check, offenders }: Offence): string {
  const more = offenders.length - MOST_SHOWN
  const first = offenders.slice(0, MOST_SHOWN).map((one) => `  ${one}`)
  return [`does not hold: ${check}`, ...first, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n')
}

function figuresOf(
  { killed, ended, accepted, refused, resent, seconds }: Seen,
  { events, messages }: Truth,
): string {
  const count = (type: string): number => events.filter((event) => event.type === type).length
  return (
    `${killed} kills, ${accepted.size + refused.size} orders in ${seconds.toFixed(0)} s: ${ended} ended ` +
    `(${count('OrderConfirmed')} confirmed, ${count('OrderCancelled')} cancelled), ${refused.size} refused; ` +
    `${events.length} events, ${messages.length} messages, ${resent} commands sent again`
  )
}
