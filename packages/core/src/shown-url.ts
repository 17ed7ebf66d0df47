/** Parameters of a URL that say which data is meant, and are no secrets. */
const TOLD = ['schema', 'prefix']

/**
 * An engine's URL for messages: without user, password, and whatever else a query may hide. What cannot be taken apart
 * for sure is cut down to its scheme, `postgres:…`; what has none and may hold a password, to `…`.
 */
export function shownUrl(url: string): string {
  if (/^(memory|sqlite):/.test(url)) return url
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0]
  if (scheme === undefined) return /[@?]/.test(url) ? '…' : url
  const [, hosts, path = '', query = ''] =
    /^\/\/(?:[^/?#]*@)?([^@/?#]*)(\/[^@?#]*)?(?:\?([^@#]*))?$/.exec(url.slice(scheme.length)) ?? []
  return hosts === undefined ? `${scheme}…` : `${scheme}//${hosts}${path}${toldOf(query)}`
}

function toldOf(query: string): string {
  const given = new URLSearchParams(query)
  const told = TOLD.flatMap((name) => {
    const value = given.get(name)
    return value === null ? [] : [`${name}=${value}`]
  })
  return told.length === 0 ? '' : `?${told.join('&')}`
}
