import { spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { stripVTControlCharacters } from 'node:util'
import { root } from '../../setup.mjs'

export const PROJECT = join(root, 'skills/building-event-driven-architecture/tests/kafka-streams')

/**
 * Runs Maven on the application's pom; nothing is written beside it.
 * @param {string} target
 * @param {...string} goals
 * @returns {Promise<{ code: number | null, output: string }>}
 */
export function maven(target, ...goals) {
  const settings = [`-Dtarget.dir=${target}`, '-Dmaven.compiler.failOnWarning=true']
  const child = spawn('mvn', ['-q', '-B', '-f', join(PROJECT, 'pom.xml'), ...settings, ...goals], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MAVEN_OPTS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part) => {
      output += part
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output: stripVTControlCharacters(output).trim() }))
  })
}

/**
 * What the test reports say.
 * @param {string} target
 * @returns {{ tests: number, skipped: number }}
 */
export function testReports(target) {
  const sum = { tests: 0, skipped: 0 }
  for (const file of globSync('surefire-reports/TEST-*.xml', { cwd: target })) {
    const [suite = ''] = /<testsuite [^>]*>/.exec(readFileSync(join(target, file), 'utf8')) ?? []
    sum.tests += Number(/ tests="(\d+)"/.exec(suite)?.[1])
    sum.skipped += Number(/ skipped="(\d+)"/.exec(suite)?.[1])
  }
  return sum
}

/**
 * @param {string} target
 * @returns {string} of the application, as compiled
 */
export function classPath(target) {
  return `${readFileSync(join(target, 'classpath'), 'utf8').trim()}:${join(target, 'classes')}`
}
