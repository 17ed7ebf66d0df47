// The types of jars.mjs for TypeScript that does not read JSDoc. What they mean is told there.

export function kafkaJars(version?: string): Promise<{ home: string; classPath: string[] }>

export const cache: string

export function locked(file: string, work: () => Promise<void>): Promise<void>
