import process from 'node:process'
import { sharedVariable, startPostgres, withoutPostgres } from './server.mjs'

const VERSIONS = /** @type {const} */ ([18, 14])

/**
 * While the work goes on, test files share a server of each version, and find it by a variable of the environment.
 * @template Result
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withSharedPostgres(work) {
  const here = VERSIONS.filter((version) => withoutPostgres(version) === false)
  const servers = await Promise.all(
    here.map(async (version) => {
      const server = await startPostgres({ version })
      process.env[sharedVariable(version)] = server.url
      return server
    }),
  )
  try {
    return await work()
  } finally {
    await Promise.all(servers.map((server) => server.end()))
  }
}
