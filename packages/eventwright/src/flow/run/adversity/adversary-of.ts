import type { Adversary, Victim } from './adversary.ts'
import { crashes } from './crash.ts'
import { interleave } from './interleave.ts'
import { late } from './late.ts'
import type { Perturbation } from './perturbation.ts'
import { twice } from './twice.ts'

/** Who does a perturbation, for one run. */
export function adversaryOf(perturbation: Perturbation, victim: Victim): Adversary {
  switch (perturbation.kind) {
    case 'twice':
      return twice(victim, perturbation.steps)
    case 'late':
      return late(victim, perturbation.steps)
    case 'crash':
      return crashes(victim, perturbation.steps)
    case 'interleave':
      return interleave(victim, perturbation.seed)
  }
}
