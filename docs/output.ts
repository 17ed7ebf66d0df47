/**
 * What differs from run to run is masked in one way, in the document and in what was printed: UUIDs, points in
 * time, and times in ms or s. Longer times are virtual, and stay.
 */
export function masked(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '‹id›')
    .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '‹time›')
    .replaceAll(/ *\+?\b\d+(\.\d+)? m?s\b/g, ' ‹time taken›')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim()
}
