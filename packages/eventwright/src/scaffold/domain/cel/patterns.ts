/**
 * The pattern as a RegExp literal, where RegExp and RE2 mean the same by it and it cannot take long: characters,
 * classes and groups, with at most one repetition without end, and that only in a pattern that begins with `^`.
 */
export function regExpLiteral(pattern: string): string | undefined {
  const atom = String.raw`(?:[A-Za-z0-9 _@#%&=:;,~!"'<>/-]|\\[.$^*+?()[\]{}|/\\]|\\[dw]|\[\^?(?:[A-Za-z0-9 _@#%&=:;,.~!"'<>+*?(){}$|-]|\\[\]\\^/dw])+\])`
  const repeated = String.raw`(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})?`
  const sequence = `(?:${atom}${repeated})*`
  const group = String.raw`\((?:\?:)?${sequence}(?:\|${sequence})*\)\??`
  const whole = new RegExp(
    String.raw`^\^?(?:${atom}${repeated}|${group})*(?:\|(?:${atom}${repeated}|${group})*)*\$?$`,
  )
  if (pattern.length > 200 || pattern === '' || !whole.test(pattern)) return undefined
  const endless = pattern.replaceAll(/\\.|\[(?:\\.|[^\]])*\]/g, 'a').match(/[*+]|,\}/g)?.length ?? 0
  if (endless > 1 || (endless === 1 && (!pattern.startsWith('^') || pattern.includes('|')))) return undefined
  return isValid(pattern) ? `/${pattern.replaceAll(/(?<!\\)\//g, String.raw`\/`)}/u` : undefined
}

function isValid(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u')
    return true
  } catch {
    return false
  }
}
