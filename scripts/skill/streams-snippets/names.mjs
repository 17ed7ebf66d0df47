/** @typedef {{ classes?: string[], members?: string[], defaults?: Record<string, string> }} Api */

/** What stands in code marks and is no class or setting of Kafka at all. */
const OTHER = [
  'Long',
  'LogAppendTime',
  'NullPointerException',
  'IllegalArgumentException',
  'ClassCastException',
  'processor.api',
]

/** Settings of the broker for a group, which no client has. */
const GROUP = ['streams.num.standby.replicas']

/** What a release behind 4.1 brought; the text says which. */
const LATER = [
  'dsl.store.format',
  'enable.transactional.statestores',
  'errors.dead.letter.queue.topic.name',
  'processing.exception.handler.global.enabled',
]

/** What 4.0 took away. */
const GONE = ['flatTransform', 'KStream.through']

const EXEMPT = new Set([...OTHER, ...GROUP, ...LATER, ...GONE])

/**
 * Names in code marks, outside of the blocks, that are neither in this version of Kafka nor in the document's own
 * code: classes (`KStream`, `Stores.persistentKeyValueStore`), methods (`toTable()`), settings (`state.dir`).
 * @param {string} text
 * @param {Api} api
 * @param {ReadonlySet<string>} own
 */
export function strangeNames(text, api, own) {
  const classes = new Set(api.classes)
  const members = new Set(api.members)
  const settings = new Set(Object.keys(api.defaults ?? {}))
  let inBlock = false
  return text.split('\n').flatMap((line, index) => {
    if (line.startsWith('```')) inBlock = !inBlock
    if (inBlock || line.startsWith('```')) return []
    return [...line.matchAll(/`([^`]+)`/g)]
      .map(([, code = '']) => code)
      .filter((code) => isStrange(code))
      .map((name) => ({ name, line: index + 1 }))
  })

  /** @param {string} code */
  function isStrange(code) {
    if (EXEMPT.has(code)) return false
    if (/^[a-z]+(\.[a-z0-9_]+)+$/.test(code)) return !settings.has(bareSetting(code)) && !members.has(code)
    const name = /^(?:([A-Z]\w*(?:\.[A-Z]\w*)*)(?:[.#]([a-z]\w*))?|([a-z]\w*))(\(.*\))?$/.exec(code)
    if (!name) return false
    const [, type, method, alone, call] = name
    if (type !== undefined && !isType(type)) return true
    if (method !== undefined) return !members.has(method) && !own.has(method)
    return alone !== undefined && /[A-Z]/.test(alone + (call ?? '')) && !members.has(alone) && !own.has(alone)
  }

  /** @param {string} type */
  function isType(type) {
    return classes.has(type) || own.has(type) || type === type.toUpperCase()
  }
}

/**
 * A setting without the prefix that says for which client it is.
 * @param {string} name
 */
export function bareSetting(name) {
  return name.replace(
    /^(main\.consumer|restore\.consumer|global\.consumer|consumer|producer|admin|topic)\./,
    '',
  )
}
