import { posix } from 'node:path'
import { importsOf } from './imports.mjs'

/**
 * The rooms of each package, from the ground up: a room imports from rooms of earlier rows, and from its own row
 * where that closes no circle.
 * @type {Record<string, string[][]>}
 */
export const ORDER = {
  core: [
    ['event'],
    ['catalog'],
    ['store', 'broker'],
    ['aggregate'],
    ['delivery', 'projection', 'saga', 'disruptor'],
    ['runner'],
  ],
  eventwright: [
    ['findings'],
    ['flow', 'compat', 'validation', 'topics', 'scaffold', 'skill'],
    ['inspect', 'engines'],
    ['studio'],
    ['cli'],
  ],
}

/** Composes everything for those who test. Only tests and root files import it, and tests also what it keeps inside. */
const TESTING = 'testing'
/** Rooms that hold one folder an engine, each with a face of its own. */
const ENGINE_ROOMS = ['store', 'broker']

/** Tests, type tests, and the programs and data that tests start or read. The build leaves out the same. */
const TEST = /\.(test|types)\.ts$|\/fixtures\//

/** @typedef {{ file: string, line: number, what: string, mend: string }} Finding */
/** @typedef {{ file: string, pkg: string, room: string | undefined, inner: string, test: boolean }} Place */

/**
 * @param {Map<string, string>} sources path from the repository's root (packages/NAME/src/…) to text
 * @returns {Finding[]}
 */
export function checkRooms(sources) {
  /** @type {Finding[]} */
  const findings = []
  const edges = new Map()
  for (const [file, text] of sources) {
    const from = placeOf(file)
    const homeless = checkRoom(from)
    if (homeless !== undefined) findings.push({ file, line: 1, ...homeless })
    for (const { specifier, line } of importsOf(text)) {
      const fault = checkImport(from, specifier)
      if (fault !== undefined) findings.push({ file, line, ...fault })
      else addEdge(edges, from, specifier, line)
    }
  }
  return [...findings, ...circles(edges)]
}

/**
 * @param {string} file
 * @returns {Place}
 */
function placeOf(file) {
  const [, pkg = '', , ...rest] = file.split('/')
  const room = rest.length > 1 ? rest[0] : undefined
  return { file, pkg, room, inner: rest.slice(1).join('/'), test: TEST.test(file) }
}

/**
 * @param {Place} place
 * @returns {{ what: string, mend: string } | undefined}
 */
function checkRoom({ pkg, room }) {
  if (room === undefined || room === TESTING || rank(pkg, room) >= 0) return undefined
  return {
    what: `'${room}' is no room of ${pkg}`,
    mend: 'give it its place in ORDER in scripts/rooms.mjs, or move the file into the room that it belongs to',
  }
}

/**
 * @param {Place} from
 * @param {string} specifier
 * @returns {{ what: string, mend: string } | undefined}
 */
function checkImport(from, specifier) {
  if (!specifier.startsWith('.')) return checkPackage(from, specifier)
  const to = target(from, specifier)
  if (to === undefined) return outside(from, specifier)
  if (to.room === from.room) return undefined
  return checkFace(from, to) ?? checkDirection(from, to)
}

/**
 * @param {Place} from
 * @param {string} specifier
 */
function checkPackage({ pkg, test }, specifier) {
  const itself = pkg === 'core' ? '@eventwright/core' : pkg
  if (test || (specifier !== itself && !specifier.startsWith(`${itself}/`))) return undefined
  return { what: `the package imports itself as '${specifier}'`, mend: "import the room's index.ts instead" }
}

/**
 * A test may read files beside src (fixtures, the package's own package.json), never another package's inside.
 * @param {Place} from
 * @param {string} specifier
 */
function outside({ file, pkg, test }, specifier) {
  const path = posix.join(posix.dirname(file), specifier)
  const other = path.startsWith('packages/') && !path.startsWith(`packages/${pkg}/`)
  if (test && !other) return undefined
  return { what: `'${specifier}' leaves the package's src`, mend: 'import the other package by its name' }
}

/**
 * @param {Place} from
 * @param {Place} to
 */
function checkFace(from, to) {
  if (to.room === undefined || to.inner === 'index.ts') return undefined
  if (to.room === TESTING && from.test) return undefined
  const [engine, face] = to.inner.split('/')
  if (ENGINE_ROOMS.includes(to.room) && face === 'index.ts') return checkEngine(from, to.room, engine)
  return {
    what: `${to.file} is inside the room '${to.room}'`,
    mend: `import ${to.room}/index.ts, and let that file export what is meant for others`,
  }
}

/**
 * @param {Place} from
 * @param {string} room
 * @param {string | undefined} engine
 */
function checkEngine(from, room, engine) {
  const composes = from.room === undefined || from.room === TESTING || from.test
  const sameEngine = ENGINE_ROOMS.includes(from.room ?? '') && from.inner.split('/')[0] === engine
  if (composes || sameEngine) return undefined
  return {
    what: `the engine ${room}/${engine} is imported by name`,
    mend: `take the contract from ${room}/index.ts; root files, testing/, tests and that engine's other half name it`,
  }
}

/**
 * Tests, testing/ and root files look at the whole; a room looks down.
 * @param {Place} from
 * @param {Place} to
 */
function checkDirection(from, to) {
  if (from.test || from.room === undefined || from.room === TESTING) return undefined
  if (to.room === undefined || to.room === TESTING) {
    return {
      what: `the room '${from.room}' imports ${to.file}, which stands above it`,
      mend: 'move what it needs down into a room, or hand it in as an argument',
    }
  }
  if (rank(to.pkg, to.room) <= rank(from.pkg, from.room)) return undefined
  return {
    what: `import upward: '${from.room}' stands below '${to.room}'`,
    mend: `move what both need down, or let '${to.room}' hand it in (${order(from.pkg)})`,
  }
}

/**
 * @param {Place} from
 * @param {string} specifier
 * @returns {Place | undefined} undefined where it leaves the package's src
 */
function target({ file, pkg }, specifier) {
  const path = posix.join(posix.dirname(file), specifier)
  return path.startsWith(`packages/${pkg}/src/`) ? placeOf(path) : undefined
}

/**
 * @param {string} pkg
 * @param {string} room
 */
function rank(pkg, room) {
  return (ORDER[pkg] ?? []).findIndex((row) => row.includes(room))
}

/** @param {string} pkg */
function order(pkg) {
  return [...(ORDER[pkg] ?? [])]
    .reverse()
    .map((row) => row.join(', '))
    .join(' -> ')
}

/** @typedef {{ pkg: string, from: string, to: string, file: string, line: number }} Edge */

/**
 * @param {Map<string, Edge>} edges the first import that each edge between two rooms comes from
 * @param {Place} from
 * @param {string} specifier
 * @param {number} line
 */
function addEdge(edges, from, specifier, line) {
  const to = specifier.startsWith('.') ? target(from, specifier) : undefined
  if (from.test || from.room === undefined || to?.room === undefined || to.room === from.room) return
  const key = `${from.pkg}/${from.room} ${to.room}`
  if (edges.has(key)) return
  edges.set(key, { pkg: from.pkg, from: from.room, to: to.room, file: from.file, line })
}

/**
 * @param {Map<string, Edge>} edges
 * @returns {Finding[]} one for each edge that lies on a circle
 */
function circles(edges) {
  const all = [...edges.values()]
  return all
    .filter((edge) => reaches(all, edge.pkg, edge.to, edge.from))
    .map(({ from, to, file, line }) => ({
      file,
      line,
      what: `circle: '${from}' imports '${to}', and by way of others '${to}' imports '${from}'`,
      mend: 'move what both need into a room below them',
    }))
}

/**
 * @param {Edge[]} edges
 * @param {string} pkg
 * @param {string} start
 * @param {string} goal
 */
function reaches(edges, pkg, start, goal) {
  const seen = new Set([start])
  for (const room of seen) {
    if (room === goal) return true
    for (const edge of edges) if (edge.pkg === pkg && edge.from === room) seen.add(edge.to)
  }
  return false
}
