// The types of certificate.mjs for TypeScript that does not read JSDoc. What they mean is told there.

export function makeCertificate(folder: string): { certificate: string; config: Record<string, string> }
