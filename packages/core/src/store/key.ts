/** Joins names to one map key. No name holds U+0000, so keys do not collide. */
export function keyOf(...names: readonly string[]): string {
  return names.join('\0')
}
