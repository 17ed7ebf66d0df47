import type { ScaffoldFile } from '../../file.ts'

export const file: ScaffoldFile = {
  path: 'src/http/listen.ts',
  owner: 'yours',
  text: `import type { FastifyInstance } from 'fastify'
import { InvalidSettings, type Settings } from '../settings.ts'

/** Takes requests at the host and the port of the settings. @throws InvalidSettings where they cannot be had. */
export async function listen(
  server: FastifyInstance,
  { host, port }: Pick<Settings, 'host' | 'port'>,
): Promise<void> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new InvalidSettings(whyNot(error, host, port))
  }
}

function whyNot(error: Error & { readonly code?: string }, host: string, port: number): string {
  if (error.code === 'EADDRINUSE') {
    return \`PORT is "\${port}": it is in use on \${host}; end what listens there, or set another PORT\`
  }
  return \`HOST is "\${host}" and PORT is "\${port}": nobody can listen there (\${error.message}); set others\`
}
`,
}
