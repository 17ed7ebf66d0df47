// npm run flood: many messages, some twice and some late, through a consumer whose effects are then counted.
import process from 'node:process'
import { runAndExit } from '../setup.mjs'

runAndExit('scripts/flood/main.ts', process.argv.slice(2))
