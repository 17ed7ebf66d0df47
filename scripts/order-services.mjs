// npm run order-services: the worked order flow as five programs, on the engines that are asked for.
import process from 'node:process'
import { runAndExit } from './setup.mjs'

runAndExit('examples/order-services/src/start/main.ts', process.argv.slice(2))
