import type { Codes } from '../findings/index.ts'

/** What `doctor` finds. */
export type SkillCode =
  | 'not-installed'
  | 'not-found'
  | 'stale-version'
  | 'damaged'
  | 'broken-link'
  | 'foreign-in-place'
  | 'interrupted'
  | 'duplicate'
  | 'shadowed'
  | 'lock-broken'
  | 'lock-disagrees'
  | 'lock-replaces-edits'
  | 'node-too-old'

export const SKILL_CODES: Codes<SkillCode> = {
  'not-installed': { level: 'error', why: 'No agent finds the skill here.' },
  'not-found': {
    level: 'error',
    why: 'This agent is in use here, and reads none of the folders where the skill is.',
  },
  'stale-version': {
    level: 'warning',
    why: 'The skill tells of commands of another version than the one that this project runs.',
  },
  damaged: { level: 'error', why: 'The skill names files that are not there.' },
  'broken-link': { level: 'error', why: 'Agents pass over a link that leads nowhere, and most say nothing.' },
  'foreign-in-place': {
    level: 'warning',
    why: 'Where the skill should be, agents find something else of its name.',
  },
  interrupted: { level: 'error', why: 'An install was killed in the middle and had moved the skill aside.' },
  duplicate: {
    level: 'warning',
    why: 'The agent finds two skills of one name that differ, and which one it takes may change.',
  },
  shadowed: { level: 'warning', why: 'Of two skills of one name on two levels, one is never read.' },
  'lock-broken': { level: 'broken', why: 'Neither this command nor npm skills can tell what is installed.' },
  'lock-disagrees': {
    level: 'warning',
    why: 'Who restores skills from the lock file gets something else than stands here.',
  },
  'lock-replaces-edits': {
    level: 'warning',
    why: '`skills experimental_sync` replaces a skill that comes from a package by a link to it, edits and all.',
  },
  'node-too-old': { level: 'error', why: "The skill's scripts run the `node` of the PATH." },
}
