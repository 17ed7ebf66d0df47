import process from 'node:process'
import { runAndExit } from './setup.mjs'

const flow = 'skills/building-event-driven-architecture/examples/worked-order-processing.yaml'

runAndExit('packages/eventwright/src/cli/main.ts', ['run', flow, '--adversity', ...process.argv.slice(2)])
