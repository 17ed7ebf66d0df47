const OPTIONS = {
  parser: 'babel-ts',
  semi: false,
  singleQuote: true,
  printWidth: 110,
  quoteProps: 'as-needed',
} as const

/** TypeScript as the service's own formatter would leave it. */
export async function formatted(text: string): Promise<string> {
  const [prettier, babel, estree] = await Promise.all([
    import('prettier/standalone'),
    import('prettier/plugins/babel'),
    import('prettier/plugins/estree'),
  ])
  return prettier.format(text, { ...OPTIONS, plugins: [babel, estree.default] })
}

/** JSON, two spaces deep. */
export function jsonFile(data: unknown): string {
  return `${JSON.stringify(data, null, 2)}\n`
}
