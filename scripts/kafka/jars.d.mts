// The types of jars.mjs for TypeScript that does not read JSDoc. What they mean is told there.

export function kafkaJars(): Promise<{ home: string; classPath: string[] }>
