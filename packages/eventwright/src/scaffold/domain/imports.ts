import { identifier } from './names.ts'

/** The names of one file: what it imports, under names that are free in it, and what it declares. */
export interface Names {
  /** Declares a name, or one near to it. */
  declare(name: string): string
  /** A name that another module exports, as it is called here. `from` is the module's specifier. */
  import(from: string, name: string, kind?: 'type' | 'value'): string
  /** The import statements. */
  statements(): string
  readonly taken: ReadonlySet<string>
}

/** The names of a file that has none yet but those in `taken`. */
export function createNames(taken: Iterable<string> = []): Names {
  const occupied = new Set(taken)
  const imports = new Map<string, { from: string; name: string; local: string; kind: 'type' | 'value' }>()
  const free = (name: string): string => {
    const local = identifier(name, occupied)
    occupied.add(local)
    return local
  }
  return {
    taken: occupied,
    declare: free,
    import(from, name, kind = 'value') {
      const key = `${from}#${name}`
      const known = imports.get(key)
      if (known !== undefined) {
        if (kind === 'value') known.kind = 'value'
        return known.local
      }
      const local = free(name)
      imports.set(key, { from, name, local, kind })
      return local
    },
    statements() {
      const byModule = Map.groupBy(imports.values(), ({ from }) => from)
      return [...byModule]
        .sort(([one], [other]) => order(one) - order(other) || (one < other ? -1 : 1))
        .map(([from, all]) => {
          const onlyTypes = all.every(({ kind }) => kind === 'type')
          const names = all
            .toSorted((a, b) => (a.name < b.name ? -1 : 1))
            .map(({ name, local, kind }) => {
              const renamed = name === local ? name : `${name} as ${local}`
              return kind === 'type' && !onlyTypes ? `type ${renamed}` : renamed
            })
          return `import ${onlyTypes ? 'type ' : ''}{ ${names.join(', ')} } from '${from}'`
        })
        .join('\n')
    },
  }
}

/** Node's own modules, packages, files further up, files beside. */
function order(from: string): number {
  if (from.startsWith('node:')) return 0
  if (!from.startsWith('.')) return 1
  return from.startsWith('..') ? 2 : 3
}
