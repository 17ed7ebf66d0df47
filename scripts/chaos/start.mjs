// npm run chaos: the worked order flow in two processes that are killed with -9 again and again.
import process from 'node:process'
import { runAndExit } from '../setup.mjs'

runAndExit('scripts/chaos/main.ts', process.argv.slice(2))
