/** Puts the skill where agents look for it: the table of agents, installs, removals, and what they find. */
export { AGENTS, type Agent } from './agents.ts'
export { SKILL_CODES, type SkillCode } from './codes.ts'
export { type Disk, realDisk } from './disk.ts'
export { type Diagnosis, diagnose } from './doctor.ts'
export {
  BrokenLockFile,
  InstallBusy,
  InstallFailed,
  SkillNotFound,
  UnknownAgent,
  UnsafePath,
} from './errors.ts'
export { type Origin, type SkillFolder, skillFolder } from './folder.ts'
export { defaultAgents, type InstallOptions, type InstallResult, install, update } from './install.ts'
export type { Conflict } from './merge.ts'
export { RECORD, SHARED, SKILL } from './name.ts'
export { detectAgents, type Level, type Place, type Surroundings } from './places.ts'
export type { Deed, Differences, Step } from './plan.ts'
export { type LeftAlone, type Removal, type RemoveOptions, type RemoveResult, remove } from './remove.ts'
export { COMMAND, shippedVersion } from './shipment.ts'
export { shownDiff } from './shown-diff.ts'
export { type AgentView, type Fault, type Sighting, type Survey, survey } from './survey.ts'
