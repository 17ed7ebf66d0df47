#!/usr/bin/env node
import * as module from 'node:module'
import process from 'node:process'

// What follows needs Node 24 (its SQLite, its types); an older one is told so before anything is loaded.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `eventwright needs Node 24 or newer; this is ${process.version}. Install it, or npm's package node.\n`,
  )
  process.exitCode = 4
} else {
  // Half of the time of a short command is compiling: the second one reads what the first compiled.
  module.enableCompileCache()
  const { watchOver } = await import('./last-words.ts')
  const { runCommandLine } = await import('./program.ts')
  const done = watchOver()
  process.exitCode = await runCommandLine(process.argv.slice(2))
  done()
}
