// Lets the flood in that the command line asks for, and tells what it came to.
import process from 'node:process'
import { EventwrightError } from '@eventwright/core'
import { brokerEngine, storeEngine } from '@eventwright/core/engines'
import { startPostgres } from '../postgres/server.mjs'
import { flood } from './flood.ts'
import { argumentsOf } from './options.ts'

const MOST_SHOWN = 5

const { store, broker, ...shape } = argumentsOf(process.argv.slice(2))
await using server = store === undefined ? await startPostgres({ config: { fsync: true } }) : undefined
const url = store ?? server?.url ?? ''
try {
  const { published, publishSeconds, consumeSeconds, wrong } = await flood({
    ...shape,
    duplicates: 0.2,
    late: 0.1,
    store: await storeEngine(url),
    broker: await brokerEngine(broker ?? url),
    run: `flood-${Date.now().toString(36)}`,
    onProgress: (line) => console.error(line),
  })
  const rate = (seconds: number): string => Math.round(published / seconds).toLocaleString('en')
  console.log(
    `${shape.messages} things happened, ${published} messages: published at ${rate(publishSeconds)}/s, ` +
      `consumed with inbox and effect at ${rate(consumeSeconds)}/s`,
  )
  for (const line of wrong.slice(0, MOST_SHOWN)) console.log(line)
  if (wrong.length > MOST_SHOWN) console.log(`and ${wrong.length - MOST_SHOWN} more`)
  console.log(wrong.length === 0 ? 'effects equal inputs' : `effects do not equal inputs: seed ${shape.seed}`)
  process.exitCode = wrong.length === 0 ? 0 : 1
} catch (error) {
  if (!(error instanceof EventwrightError)) throw error
  console.error(error.message)
  process.exitCode = 4
}
