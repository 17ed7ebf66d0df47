import { filesStage } from './files-stage.ts'
import type { ChaosOptions } from './options.ts'
import type { Stage } from './stage.ts'

/** The stage that a run asks for; files go into the folder. */
export async function stageOf({ layout }: ChaosOptions, folder: string): Promise<Stage> {
  return filesStage({ folder, layout })
}
