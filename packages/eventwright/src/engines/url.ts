/** The value of a parameter in a URL's query, decoded; `undefined` where it is not there. */
export function parameterOf(url: string, name: string): string | undefined {
  return new URLSearchParams(queryOf(url)).get(name) ?? undefined
}

/** The URL with this parameter, instead of the one that it may have. */
export function withParameter(url: string, name: string, value: string): string {
  const bare = withoutParameter(url, name)
  return `${bare}${bare.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`
}

export function withoutParameter(url: string, name: string): string {
  const [start = '', query = ''] = split(url)
  const others = query.split('&').filter((part) => part !== '' && part.split('=')[0] !== name)
  return others.length === 0 ? start : `${start}?${others.join('&')}`
}

export function isPostgres(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url)
}

export function isKafka(url: string): boolean {
  return url.startsWith('kafka://')
}

function queryOf(url: string): string {
  return split(url)[1] ?? ''
}

function split(url: string): readonly string[] {
  return /^([^?]*)\?(.*)$/s.exec(url)?.slice(1) ?? [url]
}
