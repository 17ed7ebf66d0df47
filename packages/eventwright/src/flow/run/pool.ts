/** How a list of things is worked through, several at a time. */
export interface Pool<Item, Result> {
  readonly items: readonly Item[]
  readonly atOnce: number
  readonly work: (item: Item, index: number) => Promise<Result>
  /** Called in the order of the items, as soon as it is an item's turn. */
  readonly onDone: (result: Result) => void
}

/** Results in the order of the items. After the first error nothing more is begun; what runs is waited for. */
export async function runPool<Item, Result>(pool: Pool<Item, Result>): Promise<readonly Result[]> {
  const { items, atOnce, work, onDone } = pool
  const done = new Map<number, Result>()
  const queue = items.entries()
  let told = 0
  let failed = false

  function tell(): void {
    for (let result = done.get(told); result !== undefined; result = done.get(told)) {
      told++
      onDone(result)
    }
  }

  async function worker(): Promise<void> {
    for (const [index, item] of queue) {
      if (failed) return
      try {
        done.set(index, await work(item, index))
        tell()
      } catch (error) {
        failed = true
        throw error
      }
    }
  }

  const workers = Array.from({ length: Math.min(atOnce, items.length) }, () => worker())
  const ended = await Promise.allSettled(workers)
  for (const one of ended) if (one.status === 'rejected') throw one.reason
  return [...done].sort(([one], [other]) => one - other).map(([, result]) => result)
}
