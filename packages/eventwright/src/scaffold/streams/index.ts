import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { CannotScaffold } from '../errors.ts'
import type { ScaffoldFile } from '../file.ts'

const PROJECT = 'tests/kafka-streams'
const APPLICATION = 'templates/kafka-streams-app.java'

/** The Java application of the skill beside the service, as a Maven project of its own in `streams/`. @throws CannotScaffold */
export async function streamsFiles(): Promise<readonly ScaffoldFile[]> {
  const { skillFolder } = await import('../../skill/index.ts')
  const { folder } = skillFolder()
  const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8')
  const application = await read(APPLICATION)
  const [, name] = /^(?:public )?(?:final )?class (\w+)/m.exec(application) ?? []
  const [, packageName = ''] = /^package ([\w.]+);/m.exec(application) ?? []
  if (name === undefined) throw missing(`${APPLICATION} has no class`)
  const main = ['src/main/java', ...packageName.split('.'), `${name}.java`].join('/')
  const tests = (await readdir(join(folder, PROJECT, 'src'), { recursive: true }))
    .filter((path) => /\.\w+$/.test(path))
    .map((path) => `src/${path.split(sep).join('/')}`)
  return [
    yours('pom.xml', pomOf(await read(`${PROJECT}/pom.xml`))),
    yours(main, application),
    ...(await Promise.all(tests.sort().map(async (path) => yours(path, await read(`${PROJECT}/${path}`))))),
  ]
}

function yours(path: string, text: string): ScaffoldFile {
  return { path: `streams/${path}`, text, owner: 'yours' }
}

/** In the skill the project builds a template beside it and writes elsewhere; here it stands alone, as Maven has it. */
const ALONE: readonly (readonly [RegExp, string])[] = [
  [/\n<!--[\s\S]*?-->/, '\n<!-- Builds and tests the application: mvn -q -B package -->'],
  [/ *<app\.sources>.*<\/app\.sources>\n/, ''],
  [/(?: *<!--[^\n]*-->\n)? *<target\.dir>.*<\/target\.dir>\n\n?/, ''],
  [/ *<directory>\$\{target\.dir\}<\/directory>\n/, ''],
  [/ *<sourceDirectory>.*<\/sourceDirectory>\n/, ''],
  [/ *<includes>\s*<include>kafka-streams-app\.java<\/include>\s*<\/includes>\n/, ''],
]

function pomOf(pom: string): string {
  const alone = ALONE.reduce((text, [pattern, by]) => {
    if (!pattern.test(text)) throw missing(`its pom.xml has nothing like ${pattern.source}`)
    return text.replace(pattern, by)
  }, pom)
  return alone
    .replaceAll(/(?<=\$\{)target\.dir(?=\})/g, 'project.build.directory')
    .replaceAll('TARGET', 'target')
}

function missing(what: string): CannotScaffold {
  return new CannotScaffold(
    `--streams: the skill's Java application is of another release: ${what}. Install eventwright anew.`,
  )
}
