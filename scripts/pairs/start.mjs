// npm run pairs: every scenario of the worked flow on every pair of engines, and the events compared.
import process from 'node:process'
import { runAndExit } from '../setup.mjs'

runAndExit('scripts/pairs/main.ts', process.argv.slice(2))
