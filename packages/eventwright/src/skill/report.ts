import type { Place, Report } from '../findings/index.ts'
import type { SkillCode } from './codes.ts'

export type SkillReport = Report<SkillCode>

/** A path as findings name it. */
export type PlaceAt = (path: string) => Place
