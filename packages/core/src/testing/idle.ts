import type { App, IdleOptions } from '../runner/index.ts'

/**
 * Resolves when nothing of these apps has anything to do now, over all of them: what one does may be work for
 * another. @throws NotIdle AppStopped
 */
export async function idle(apps: App | readonly App[], options: IdleOptions = {}): Promise<void> {
  const all = 'idle' in apps ? [apps] : apps
  for (;;) {
    const before = await commitsOf(all)
    for (const app of all) await app.idle(options)
    // What the relay of one published after another was asked shows in no commit.
    if (all.length > 1) for (const app of all) await app.idle(options)
    if ((await commitsOf(all)) === before) return
  }
}

async function commitsOf(apps: readonly App[]): Promise<string> {
  return (await Promise.all(apps.map((app) => app.store.commits()))).join()
}
