/** See machine.mjs. */
export function missing(...tools: readonly ('java' | 'maven' | 'chromium' | 'shellcheck')[]): string | false
