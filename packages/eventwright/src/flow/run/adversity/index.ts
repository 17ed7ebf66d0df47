export type { Adversary, Answering, Rest, Victim } from './adversary.ts'
export { adversaryOf } from './adversary-of.ts'
export {
  PERTURBATIONS,
  type Perturbation,
  type PerturbationKind,
  perturbationsOf,
  perturbationText,
  UnknownPerturbation,
  UnknownStep,
} from './perturbation.ts'
export { type AdversityFailure, type AdversityResult, type Perturbed, withstand } from './withstand.ts'
