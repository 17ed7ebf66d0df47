// Starts the five services and plays their customer; or one service, beside those that run already.
import process from 'node:process'
import { runAll } from './all.ts'
import { NoFolder } from './make-folder.ts'
import { runOne } from './one.ts'
import { type Options, optionsOf } from './options.ts'
import { type Places, placesOf } from './places.ts'

const options = optionsOf(process.argv.slice(2))
const places = placesOrExit(options)
if (options.service === undefined) process.exit(await runAll(options, places))
await runOne(options.service, options, places)

function placesOrExit(options: Options): Places {
  try {
    return placesOf(options)
  } catch (error) {
    if (!(error instanceof NoFolder)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(4)
  }
}
