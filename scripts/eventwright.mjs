// npm run eventwright -- ARGS: the command as it stands in this clone, where nothing is built.
import process from 'node:process'
import { runAndExit } from './setup.mjs'

runAndExit('packages/eventwright/src/cli/main.ts', process.argv.slice(2))
