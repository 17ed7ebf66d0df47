import { basename, extname } from 'node:path'
import { isPostgres, parameterOf } from './url.ts'

/** What a store is called by where it is: the name of its file, its schema, or its database. */
export function placeName(url: string): string {
  if (isPostgres(url)) return parameterOf(url, 'schema') ?? basename(url.split('?')[0] ?? '')
  const file = basename(url.replace(/^sqlite:/, ''))
  return basename(file, extname(file)) || file
}
