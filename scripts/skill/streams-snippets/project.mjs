import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { nameOf, sourceOf } from './blocks.mjs'

/** @typedef {import('./blocks.mjs').Block} Block */
/** @typedef {{ id: string, kind: string, line?: number, lines?: string[], times?: boolean }} Request */
/** @typedef {Record<string, { error?: string, lines?: string[], text?: string, rows?: Rows, classes?: string[], members?: string[], defaults?: Record<string, string> }>} Answers */
/** @typedef {Record<string, Record<string, string>>} Rows */

/** Of Kafka, and of what it brings along. */
/** @typedef {{ kafka: string, jackson: string }} Versions */

const LONGEST_MS = 300_000
/** For a JVM that lives for seconds. */
const QUICK = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']
const PACKAGE = join('src', 'snippets')

/** Test drivers flush their state to the disk after every record; memory is as good. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** A Maven project in a temporary folder, with the harness and every block of the document in it. */
export function project() {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-streams-'))
  const state = mkdtempSync(join(scratch, 'eventwright-streams-state-'))
  cpSync(join(import.meta.dirname, 'pom.xml'), join(folder, 'pom.xml'))
  cpSync(join(import.meta.dirname, 'src'), join(folder, 'src'), { recursive: true })
  mkdirSync(join(folder, PACKAGE), { recursive: true })
  return {
    /** @param {readonly Block[]} blocks */
    write(blocks) {
      for (const block of blocks) {
        writeFileSync(join(folder, PACKAGE, `${nameOf(block.fence)}.java`), sourceOf(block, blocks))
      }
    },
    /**
     * Compiles everything at once, for the versions of its own pom.xml.
     * @returns {string[]} what the compiler says, by line of the document
     */
    compile() {
      const { kafka } = versionsOf(join(folder, 'pom.xml'))
      const { stdout, status, error } = maven(folder, ['compile', ...toClasspath(kafka)])
      if (status === 0) return []
      const faults = faultsOf(stdout)
      return faults.length > 0 ? faults : [`Maven failed: ${error ?? stdout}`]
    },
    /**
     * Runs all that can be run, in one JVM, on these versions.
     * @param {Request[]} requests
     * @param {Versions} versions
     * @returns {Answers}
     */
    run(requests, versions) {
      const classpath = [join(folder, 'target/classes'), classpathOf(folder, versions)]
      const args = [...QUICK, '-cp', classpath.join(delimiter), 'snippets.Main', state]
      const { stdout, stderr, status } = spawnSync('java', args, {
        input: JSON.stringify(requests),
        encoding: 'utf8',
        timeout: LONGEST_MS,
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      })
      if (status !== 0) throw new Error(`The snippets' program ended with ${status}: ${stderr}`)
      return JSON.parse(stdout)
    },
    dispose() {
      rmSync(folder, { recursive: true, force: true })
      rmSync(state, { recursive: true, force: true })
    },
  }
}

/**
 * @param {string} folder
 * @param {Versions} versions
 */
function classpathOf(folder, { kafka, jackson }) {
  const file = join(folder, classpathFile(kafka))
  if (!existsSync(file)) {
    const given = [`-Dkafka.version=${kafka}`, `-Djackson.version=${jackson}`]
    const { status, stdout, error } = maven(folder, [...toClasspath(kafka), ...given])
    if (status !== 0) throw new Error(`Maven has no Kafka ${kafka}: ${error ?? stdout}`)
  }
  return readFileSync(file, 'utf8')
}

/** @param {string} kafka */
function toClasspath(kafka) {
  return ['dependency:build-classpath', `-Dmdep.outputFile=${classpathFile(kafka)}`]
}

/** @param {string} kafka */
function classpathFile(kafka) {
  return `classpath-${kafka}`
}

/**
 * @param {string} cwd
 * @param {string[]} words
 */
function maven(cwd, words) {
  const env = { ...process.env, MAVEN_OPTS: [process.env.MAVEN_OPTS ?? '', ...QUICK].join(' ') }
  return spawnSync('mvn', ['-B', '-q', ...words], { cwd, env, encoding: 'utf8', timeout: LONGEST_MS })
}

/**
 * The versions that a pom.xml names.
 * @param {string} pom
 * @returns {Versions}
 */
export function versionsOf(pom) {
  const text = readFileSync(pom, 'utf8')
  const read = (/** @type {string} */ name) =>
    new RegExp(`<${name}\\.version>(.+)</${name}\\.version>`).exec(text)?.[1] ?? ''
  return { kafka: read('kafka'), jackson: read('jackson') }
}

/** @param {string} printed */
function faultsOf(printed) {
  const faults = printed.matchAll(
    /\[(?:ERROR|WARNING)\] \S*?(\w+)\.java:\[(\d+),\d+\] (.*(?:\n\[ERROR\] +\w+:.*)*)/g,
  )
  const places = [...faults].map(([, file = '', line = '', message = '']) => {
    const place = file.startsWith('Line') ? line : `${file}.java:${line}`
    return `${place}: ${message.replaceAll(/\n\[ERROR\] +/g, '; ')}`
  })
  return [...new Set(places)]
}
