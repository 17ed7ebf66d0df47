// The types of shared.mjs for TypeScript that does not read JSDoc. What they mean is told there.

export function testKafka(): Promise<{ url: string; bootstrap: string; prefix: string }>

export function withSharedKafka<Result>(work: () => Promise<Result>): Promise<Result>
