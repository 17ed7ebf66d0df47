import process from 'node:process'
import { runAndExit } from './setup.mjs'

runAndExit('scripts/stages.mjs', process.argv.slice(2))
