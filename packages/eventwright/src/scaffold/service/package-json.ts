import type { ScaffoldFile } from '../file.ts'
import type { ServiceParts } from './service.ts'

/** What a service is built with; the two engines load only where a URL names them. A test holds these against what this repository is built with. */
export const DEPENDENCIES = {
  '@platformatic/kafka': '^2.12.1',
  fastify: '^5.12.8',
  pg: '^8.23.1',
  pino: '^10.4.0',
} as const
/** What checks patterns in time that grows with the text: only where the domain has one. */
export const PATTERNS = { re2js: '^2.10.0' } as const
export const DEV_DEPENDENCIES = {
  '@types/node': '^24.19.2',
  typescript: '^7.0.2',
} as const

/** `domain`: the files that may import what the service then depends on. */
export function packageFiles(parts: ServiceParts, domain: readonly ScaffoldFile[]): readonly ScaffoldFile[] {
  const patterns = domain.some(({ path, text }) => path.endsWith('.ts') && IMPORTS_PATTERNS.test(text))
  return [
    { path: 'package.json', owner: 'yours', text: json(manifest(parts, patterns ? PATTERNS : {})) },
    { path: 'tsconfig.json', owner: 'yours', text: json(TSCONFIG) },
  ]
}

const IMPORTS_PATTERNS = /^import .* from ['"]re2js['"]/m

function manifest(
  { name, flow, service, flowPath, packages }: ServiceParts,
  ofDomain: { readonly [name: string]: string },
): object {
  return {
    name,
    version: '0.1.0',
    private: true,
    description: `The service ${service.name} of ${flow.name}`,
    type: 'module',
    engines: { node: '>=24' },
    scripts: {
      start: 'node --env-file-if-exists=.env src/main.ts',
      dev: 'node --watch --env-file-if-exists=.env src/main.ts',
      test: 'node --test "test/**/*.test.ts"',
      typecheck: 'tsc',
      check: `eventwright check ${shellQuoted(flowPath)}`,
      validate: `eventwright validate --flow ${shellQuoted(flowPath)} events`,
      update: 'eventwright scaffold --update',
    },
    dependencies: { '@eventwright/core': packages.core, ...DEPENDENCIES, ...ofDomain },
    devDependencies: { ...DEV_DEPENDENCIES, eventwright: packages.command },
  }
}

/** Double quotes: npm runs scripts with cmd.exe on Windows, which knows no others. */
function shellQuoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `"${path.replaceAll(/(["$`\\])/g, '\\$1')}"`
}

const TSCONFIG = {
  compilerOptions: {
    target: 'esnext',
    module: 'nodenext',
    noEmit: true,
    strict: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    noFallthroughCasesInSwitch: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    types: ['node'],
  },
  include: ['src', 'test'],
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
