import type { Codes } from '../findings/index.ts'

/** The code of a finding about events or their schemas: stable, kebab-case. */
export type Code =
  | 'not-text'
  | 'gzip-broken'
  | 'json-syntax'
  | 'yaml-syntax'
  | 'no-events'
  | 'too-large'
  | 'too-deep'
  | 'duplicate-key'
  | 'inexact-number'
  | 'bad-character'
  | 'not-an-event'
  | 'envelope-invalid'
  | 'unknown-type'
  | 'unknown-version'
  | 'payload-invalid'
  | 'duplicate-id'
  | 'catalog-broken'

/** Every code, with its level and the reason behind it. A code is never renamed and never used for something else. */
export const CODES: Codes<Code> = {
  'not-text': {
    level: 'error',
    why: 'JSON and YAML are UTF-8; other bytes reach each reader as something else.',
  },
  'gzip-broken': { level: 'error', why: 'What stands behind the break cannot be read, and may be wrong.' },
  'json-syntax': { level: 'error', why: 'What is not JSON is parked by every consumer at once.' },
  'yaml-syntax': { level: 'error', why: 'What is not YAML cannot be read any further.' },
  'no-events': { level: 'error', why: 'A check that checked nothing must not pass.' },
  'too-large': {
    level: 'error',
    why: 'An append and a broker refuse envelopes of more than 1,000,000 bytes.',
  },
  'too-deep': { level: 'error', why: 'An append refuses what is nested more than 500 deep.' },
  'duplicate-key': {
    level: 'error',
    why: 'Of two equal keys readers keep one, and not all of them the same.',
  },
  'inexact-number': {
    level: 'error',
    why: 'Whole numbers beyond 2^53 lose their last digits in JavaScript and in many other readers.',
  },
  'bad-character': {
    level: 'error',
    why: 'PostgreSQL cannot store U+0000, and UTF-8 cannot say half a surrogate pair.',
  },
  'not-an-event': {
    level: 'error',
    why: 'An event is one JSON object: the envelope, with the payload under `data`.',
  },
  'envelope-invalid': {
    level: 'error',
    why: 'Consumers find, order and deduplicate events by the envelope.',
  },
  'unknown-type': {
    level: 'error',
    why: 'A type that no schema describes is nearly always a misspelled one.',
  },
  'unknown-version': {
    level: 'error',
    why: 'The version in the type says which schema the payload keeps to.',
  },
  'payload-invalid': {
    level: 'error',
    why: 'The schema of its type refuses this payload, and so does every append.',
  },
  'duplicate-id': {
    level: 'error',
    why: 'Source and id name one event; a consumer drops the second one as a duplicate.',
  },
  'catalog-broken': {
    level: 'broken',
    why: 'Events can be checked only against schemas that can be read and used.',
  },
}
