/** A fenced block: the words after its opening fence, its text, and the line at which that fence stands (from 1). */
export interface Fence {
  readonly language: string
  /** What stands behind the language: `run` is there, `file=shop.ts` has a value. */
  readonly options: ReadonlyMap<string, string>
  readonly text: string
  readonly line: number
}

export interface Heading {
  readonly text: string
  /** As it is linked to: `#how-it-runs`. */
  readonly anchor: string
  readonly line: number
}

export interface Link {
  readonly target: string
  readonly line: number
}

/** One row of a table: its cells, the cells of the table's head, and the nearest heading above. */
export interface Row {
  readonly cells: readonly string[]
  readonly head: readonly string[]
  readonly heading: string
  readonly line: number
}

/** What the tests of the documents look at. */
export interface Markdown {
  readonly fences: readonly Fence[]
  readonly headings: readonly Heading[]
  readonly links: readonly Link[]
  readonly rows: readonly Row[]
}

interface Line {
  readonly text: string
  readonly number: number
}

/** Reads what these documents use of Markdown: fences of three backticks, `#` headings, inline links, tables. */
export function readMarkdown(text: string): Markdown {
  const { fences, prose } = split(text)
  return { fences, headings: headingsOf(prose), links: prose.flatMap(linksOf), rows: rowsOf(prose) }
}

function split(text: string): { readonly fences: readonly Fence[]; readonly prose: readonly Line[] } {
  const fences: Fence[] = []
  const prose: Line[] = []
  let open: { readonly info: string; readonly line: number; readonly lines: string[] } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line)
    if (!fence && open) open.lines.push(line)
    else if (!fence) prose.push({ text: line, number: index + 1 })
    else if (open) {
      fences.push(fenceOf(open.info, open.lines, open.line))
      open = undefined
    } else open = { info: fence[1] ?? '', line: index + 1, lines: [] }
  }
  if (open) throw new Error(`The fence at line ${open.line} is never closed.`)
  return { fences, prose }
}

function fenceOf(info: string, lines: readonly string[], line: number): Fence {
  const [language = '', ...words] = info.trim().split(/\s+/)
  const options = words.map((word) => {
    const [name = '', value = ''] = word.split('=')
    return [name, value] as const
  })
  return { language, options: new Map(options), text: lines.map((each) => `${each}\n`).join(''), line }
}

function headingsOf(prose: readonly Line[]): readonly Heading[] {
  const seen = new Map<string, number>()
  return prose.flatMap(({ text, number }) => {
    const heading = /^#{1,6} +(.+?) *$/.exec(text)?.[1]
    if (heading === undefined) return []
    const slug = slugOf(heading)
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return [{ text: heading, anchor: times === 0 ? slug : `${slug}-${times}`, line: number }]
  })
}

/** As GitHub makes it. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function linksOf({ text, number }: Line): readonly Link[] {
  const prose = text.replace(/`[^`]*`/g, (code) => '·'.repeat(code.length))
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => ({ target, line: number }))
}

function rowsOf(prose: readonly Line[]): readonly Row[] {
  const rows: Row[] = []
  let heading = ''
  let head: readonly string[] = []
  for (const { text, number } of prose) {
    heading = /^#{1,6} +(.+?) *$/.exec(text)?.[1] ?? heading
    if (/^\|[\s|:-]*$/.test(text)) head = rows.pop()?.cells ?? []
    else if (/^\|.*\|\s*$/.test(text)) rows.push({ cells: cellsOf(text), head, heading, line: number })
  }
  return rows
}

function cellsOf(text: string): readonly string[] {
  const cells = text
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
  return cells.map((cell) => cell.trim().replaceAll('\\|', '|'))
}
