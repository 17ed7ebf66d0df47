import { domainFiles } from '../domain/index.ts'
import type { ScaffoldFile } from '../file.ts'
import { TEMPLATE } from '../template/index.ts'
import { apiFile } from './api.ts'
import { ciFile } from './ci.ts'
import { environmentFiles } from './environment.ts'
import { packageFiles } from './package-json.ts'
import { readmeFile } from './readme.ts'
import { sampleEvents } from './sample-events.ts'
import type { ServiceParts } from './service.ts'
import { settingsFile } from './settings.ts'

export type { Packages, ServiceParts } from './service.ts'

/** All files of a service but the flow's own, and the record of where it came from. */
export async function serviceFiles(parts: ServiceParts): Promise<readonly ScaffoldFile[]> {
  const domain = await domainFiles(parts.loaded, parts.service.name)
  return [
    readmeFile(parts),
    ...packageFiles(parts, domain),
    ...domain,
    apiFile(parts),
    settingsFile(parts),
    ...TEMPLATE,
    ...sampleEvents(parts),
    ...environmentFiles(parts),
    ciFile,
  ]
}
