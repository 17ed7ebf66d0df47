import { spawn } from 'node:child_process'
import process from 'node:process'
import { root } from './setup.mjs'

/**
 * Runs a tool of node_modules/.bin, which is on the PATH, and gathers what it says.
 * @param {string} tool
 * @param {string[]} args
 * @returns {Promise<{ line: string, code: number, output: string }>} output: both streams, as they came
 */
export function runTool(tool, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    let output = ''
    const gather = (/** @type {string} */ text) => {
      output += text
    }
    child.stdout.setEncoding('utf8').on('data', gather)
    child.stderr.setEncoding('utf8').on('data', gather)
    child.on('error', reject)
    child.on('close', (code) => resolve({ line: [tool, ...args].join(' '), code: code ?? 1, output }))
  })
}
