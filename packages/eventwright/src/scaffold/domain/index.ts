import type { LoadedFlow } from '../../flow/index.ts'
import type { ScaffoldFile } from '../file.ts'

/**
 * The domain of one service of a flow as TypeScript: its catalog, aggregates, sagas and projections, and the tests
 * of them. Paths are relative to the service's folder.
 */
export function domainFiles(_loaded: LoadedFlow, _service: string): Promise<readonly ScaffoldFile[]> {
  return Promise.resolve([])
}
