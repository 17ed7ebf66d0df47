import { readFile } from 'node:fs/promises'
import type { Sources } from '../../findings/index.ts'
import { loadFlow } from '../../flow/index.ts'
import { createReport, type TopicReport } from '../codes.ts'
import { type EnvironmentLayers, readDocument, type TopicDocument } from './document.ts'
import { BrokenFlow, TopicFileError, UnknownEnvironment } from './errors.ts'
import { topicsOfFlow } from './from-flow.ts'
import { BUILT_IN, BUILT_IN_FILE } from './uses.ts'

/** What the topics are read from. */
export type TopicInput = {
  /** A topic file. */
  readonly file?: string
  /** Flow files, whose topics are added to those of the topic file. */
  readonly flow?: readonly string[]
}

/** Topics as written, for all environments. */
export type LoadedTopics = {
  readonly document: TopicDocument
  readonly report: TopicReport
  readonly sources: Sources
}

/**
 * Reads a topic file, a flow, or both: then the file's defaults, uses and environments hold for the flow's topics as
 * well, and a topic that it names itself is as it says. Throws `TopicFileError` where something cannot be read, `BrokenFlow` where
 * the flow has errors.
 */
export async function loadTopics({ file, flow }: TopicInput): Promise<LoadedTopics> {
  const report = createReport()
  const sources = new Map<string, string>()
  const text = file === undefined ? BUILT_IN : await textOf(file)
  if (file !== undefined) sources.set(file, text)
  const document = readDocument(file ?? BUILT_IN_FILE, text, report)
  if (flow === undefined || flow.length === 0) return { document, report, sources }
  const loaded = await loadFlow(flow)
  for (const [name, content] of loaded.sources) sources.set(name, content)
  if (loaded.flow === undefined) {
    throw new BrokenFlow(
      `${flow.join(', ')} has errors, so its topics are not known. See them with: eventwright check ${flow.join(' ')}`,
    )
  }
  const own = new Set(document.topics.map(({ name }) => name))
  const added = topicsOfFlow(loaded.flow, report).filter(({ name }) => !own.has(name))
  return { document: { ...document, topics: [...document.topics, ...added] }, report, sources }
}

/** The environment of that name; the only one where none is asked for. Throws `UnknownEnvironment` where it is not clear. */
export function environmentOf(
  document: TopicDocument,
  name: string | undefined,
): EnvironmentLayers | undefined {
  const { environments } = document
  const names = environments.map(({ environment }) => environment.name).join(', ')
  if (name === undefined) {
    if (environments.length <= 1) return environments[0]
    throw new UnknownEnvironment(`There are several environments: ${names}. Name one with --env.`)
  }
  const found = environments.find(({ environment }) => environment.name === name)
  if (found !== undefined) return found
  throw new UnknownEnvironment(
    `There is no environment ${name}; there is ${names || 'none'}. Add it under environments:.`,
  )
}

async function textOf(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT')
      throw new TopicFileError(`There is no file ${file}: check the path.`, { cause: error })
    if (code === 'EISDIR')
      throw new TopicFileError(`${file} is a folder: name the file in it.`, { cause: error })
    throw new TopicFileError(`${file} cannot be read: ${String(error)}`, { cause: error })
  }
}
