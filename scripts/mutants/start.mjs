// npm run mutants: takes out one guard after another, on a copy, and tells which test turned red.
import process from 'node:process'
import { runAndExit } from '../setup.mjs'

runAndExit('scripts/mutants/main.mjs', process.argv.slice(2))
