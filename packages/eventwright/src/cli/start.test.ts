import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join, relative } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MAIN } from './fixtures/command.ts'

/** Prints the URL of each module that is loaded, at the end. */
const LISTING = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  const urls = []
  registerHooks({
    load(url, context, next) {
      urls.push(url)
      return next(url, context)
    },
  })
  process.on('exit', () => process.stdout.write('\\n' + urls.join('\\n')))
`)}`

test('--help loads the list of commands and nothing that does one, also where nothing can be cached', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', LISTING, MAIN, '--help'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_COMPILE_CACHE: join(import.meta.filename, 'cache') },
  })
  assert.deepEqual([status, stderr], [0, ''])
  assert.match(stdout, /^Usage: eventwright/)
  const files = stdout.split('\n').filter((line) => line.startsWith('file:'))
  const places = files.map((url) => relative(import.meta.dirname, fileURLToPath(url)).replaceAll('\\', '/'))
  assert.deepEqual(places.filter((place) => !/\/node_modules\/commander\//.test(place)).sort(), [
    'commands.ts',
    'exit-codes.ts',
    'interrupt.ts',
    'last-words.ts',
    'left-behind.ts',
    'main.ts',
    'program.ts',
    'remains.ts',
    'version.ts',
  ])
})
