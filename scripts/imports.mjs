/** What is not code to us: comments and templates. Strings are matched too, so that none begins inside one. */
const TEXT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
const IMPORT =
  /\b(?:import|export)\b[^;'"]*?\bfrom\s*(['"])([^'"\n]+)\1|\bimport\s*(['"])([^'"\n]+)\3|\bimport\s*\(\s*(['"])([^'"\n]+)\5/g

/**
 * Finds what a module imports or re-exports, types and dynamic imports too.
 * @param {string} text TypeScript or JavaScript
 * @returns {{ specifier: string, line: number }[]}
 */
export function importsOf(text) {
  const code = text.replace(TEXT, (token) => (/^['"]/.test(token) ? token : token.replace(/[^\n]/g, ' ')))
  return [...code.matchAll(IMPORT)].map((match) => ({
    specifier: match[2] ?? match[4] ?? match[6] ?? '',
    line: code.slice(0, match.index + match[0].length).split('\n').length,
  }))
}
