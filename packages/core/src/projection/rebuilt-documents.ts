import { jsonText } from '../event/index.ts'
import { checkId, type DocumentListOptions, type Documents } from '../store/index.ts'

/** Documents of one collection and tenant in memory, as JSON text. */
export interface RebuiltDocuments {
  /** As a handler has them. Like in a unit of work, what it writes is applied when it has ended, or is read. */
  as<Value>(): Documents<Value>
  /** Applies what was written. @throws what an update throws */
  settle(): void
  /** By id; settled. */
  texts(): ReadonlyMap<string, string>
}

export function rebuiltDocuments(name: string, tenant: string): RebuiltDocuments {
  const texts = new Map<string, string>()
  const waiting: (() => void)[] = []
  let sorted: readonly string[] | undefined

  function settle(): void {
    for (const change of waiting.splice(0)) change()
  }

  function write(id: string, text: string | undefined): void {
    if (text === undefined || !texts.has(id)) sorted = undefined
    if (text === undefined) texts.delete(id)
    else texts.set(id, text)
  }

  function textOf(id: string, value: unknown): string {
    return jsonText(value, `document "${id}" of "${name}"`)
  }

  function checked(id: string): string {
    checkId(id, `a document id of "${name}"`, name, tenant)
    return id
  }

  function ids(): readonly string[] {
    sorted ??= [...texts.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    return sorted
  }

  function list({
    prefix = '',
    after = '',
    limit = Number.POSITIVE_INFINITY,
  }: DocumentListOptions): readonly string[] {
    const behind = Buffer.from(after)
    return ids()
      .filter((id) => id.startsWith(prefix) && (after === '' || Buffer.compare(Buffer.from(id), behind) > 0))
      .slice(0, limit)
  }

  function parsed(id: string): unknown {
    const text = texts.get(id)
    return text === undefined ? undefined : JSON.parse(text)
  }

  return {
    settle,
    texts: () => texts,
    as: <Value>(): Documents<Value> => ({
      // What the handlers of this projection wrote there is of the type that they say it is.
      async get(id) {
        settle()
        return parsed(checked(id)) as Value | undefined
      },
      async list(options = {}) {
        settle()
        return list(options).map((id) => ({ id, value: parsed(id) as Value }))
      },
      put(id, value) {
        const text = textOf(checked(id), value)
        waiting.push(() => write(id, text))
      },
      delete(id) {
        checked(id)
        waiting.push(() => write(id, undefined))
      },
      update(id, change) {
        checked(id)
        waiting.push(() => {
          const value = change(parsed(id) as Value | undefined)
          write(id, value === undefined ? undefined : textOf(id, value))
        })
      },
    }),
  }
}
