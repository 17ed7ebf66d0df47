import type { ScaffoldFile } from '../file.ts'
import type { ServiceParts } from '../service/index.ts'

/** The Java application for Kafka Streams beside the service. */
export async function streamsFiles(_parts: ServiceParts): Promise<readonly ScaffoldFile[]> {
  return []
}
