import type { Codes } from '../../findings/index.ts'

/** The code of a finding: stable, kebab-case. */
export type Code =
  | 'empty-file'
  | 'yaml-syntax'
  | 'duplicate-key'
  | 'alias-limit'
  | 'unknown-key'
  | 'missing-key'
  | 'wrong-shape'
  | 'bad-name'
  | 'bad-duration'
  | 'unsupported-version'
  | 'import-unreadable'
  | 'expression-syntax'
  | 'schema-invalid'
  | 'decide-unreadable'
  | 'duplicate-name'
  | 'event-of-two-services'
  | 'unknown-event'
  | 'foreign-event'
  | 'unknown-command'
  | 'unknown-state'
  | 'unknown-type'
  | 'type-recursive'
  | 'unknown-step'
  | 'unknown-target-field'
  | 'unknown-variable'
  | 'unknown-field'
  | 'expression-type'
  | 'unguarded-optional'
  | 'mapping-type'
  | 'unmapped-field'
  | 'example-invalid'
  | 'missing-id'
  | 'key-missing-in-event'
  | 'branch-unreachable'
  | 'event-never-emitted'
  | 'event-without-effect'
  | 'event-creates-no-state'
  | 'command-without-state'
  | 'command-never-sent'
  | 'state-unreachable'
  | 'state-without-exit'
  | 'final-state-with-command'
  | 'step-without-compensation'
  | 'compensation-elsewhere'
  | 'compensation-may-be-refused'
  | 'answer-impossible'
  | 'step-never-done'
  | 'answer-private'
  | 'late-answer-refused'
  | 'retry-with-fail'
  | 'topic-contradiction'
  | 'scenario-unknown-name'
  | 'scenario-payload'
  | 'scenario-not-from-outside'
  | 'suppression-without-reason'
  | 'suppression-unused'

/**
 * Every code that a flow file can be given, with its level and the reason behind it. A code is never renamed and
 * never used for something else: suppressions and dashboards hold on to it.
 */
export const CODES: Codes<Code> = {
  // The file itself.
  'empty-file': { level: 'broken', why: 'A flow file holds at least its name and one service.' },
  'yaml-syntax': { level: 'broken', why: 'What is not YAML cannot be read any further.' },
  'duplicate-key': { level: 'broken', why: 'Of two equal keys one would be lost without a word.' },
  'alias-limit': {
    level: 'broken',
    why: 'Aliases that expand to more than 200,000 nodes, or into themselves, would exhaust the memory.',
  },
  'unknown-key': { level: 'broken', why: 'A key that nothing reads is nearly always a misspelled one.' },
  'missing-key': { level: 'broken', why: 'Without it the meaning is open.' },
  'wrong-shape': { level: 'broken', why: 'The value has another form than this key takes.' },
  'bad-name': { level: 'broken', why: 'Names become identifiers in code, in CEL and on the wire.' },
  'bad-duration': { level: 'broken', why: 'A duration is a number and a unit: s, m, h, d or w.' },
  'unsupported-version': {
    level: 'broken',
    why: 'The number after `eventwright:` is the version of the file format.',
  },
  'import-unreadable': {
    level: 'broken',
    why: 'A flow that lacks a part would give wrong findings everywhere else.',
  },
  'expression-syntax': { level: 'broken', why: 'Values outside scenarios are CEL, and this is not.' },
  'schema-invalid': {
    level: 'broken',
    why: 'A payload can be checked only against a valid JSON Schema (2020-12).',
  },
  'decide-unreadable': {
    level: 'broken',
    why: 'The command is decided by that file: without it nothing runs.',
  },
  // Names and types.
  'duplicate-name': {
    level: 'error',
    why: 'Commands, events, aggregates, sagas and projections are referred to by name across the whole flow.',
  },
  'event-of-two-services': {
    level: 'error',
    why: 'An event is a fact that its owner states; with two owners nobody can change it.',
  },
  'unknown-event': { level: 'error', why: 'No service of the flow has that event.' },
  'foreign-event': { level: 'error', why: 'A command writes to the stream of its own aggregate only.' },
  'unknown-command': { level: 'error', why: 'No service of the flow has that command.' },
  'unknown-state': {
    level: 'error',
    why: 'The states of an aggregate are those that its events lead `to`, and `none`.',
  },
  'unknown-type': {
    level: 'error',
    why: 'A field has a built-in type, a type of `types:`, or members of its own.',
  },
  'type-recursive': {
    level: 'error',
    why: 'A payload that contains itself has no finite example and no flat schema.',
  },
  'unknown-step': { level: 'error', why: 'No step of the saga has that name.' },
  'unknown-target-field': {
    level: 'error',
    why: 'The target is closed: what it does not declare, it does not take.',
  },
  'unknown-variable': { level: 'error', why: 'An expression sees only the names that its place gives it.' },
  'unknown-field': { level: 'error', why: 'The payload or state does not declare it.' },
  'expression-type': { level: 'error', why: 'It would fail at run time, and a failure is not a refusal.' },
  'unguarded-optional': {
    level: 'error',
    why: 'Where the field is absent the expression fails at run time.',
  },
  'mapping-type': { level: 'error', why: 'The target would be refused by its own schema.' },
  'unmapped-field': {
    level: 'error',
    why: 'Fields of the same name are copied; a required one without a source leaves the target incomplete.',
  },
  'example-invalid': { level: 'error', why: 'Scenarios use the examples as payloads.' },
  'missing-id': {
    level: 'error',
    why: "A command goes to one stream; its id is the saga's key or is given by `id:`.",
  },
  'key-missing-in-event': { level: 'error', why: 'Without the key nobody knows whose event it is.' },
  'branch-unreachable': {
    level: 'error',
    why: 'Branches are tried in order, and the last one has no `when`.',
  },
  // The design.
  'event-never-emitted': {
    level: 'warning',
    why: 'It cannot happen, so whoever waits for it waits for ever.',
  },
  'event-without-effect': {
    level: 'warning',
    why: 'It changes no state, and nothing inside the flow or declared outside hears it.',
  },
  'event-creates-no-state': {
    level: 'error',
    why: 'The first event of a stream must lead somewhere: `none` means that the stream does not exist.',
  },
  'command-without-state': { level: 'error', why: 'Every call of it would be refused as WrongState.' },
  'command-never-sent': { level: 'warning', why: 'Neither a saga nor anybody outside (`by:`) sends it.' },
  'state-unreachable': { level: 'warning', why: 'No chain of commands leads from `none` to it.' },
  'state-without-exit': {
    level: 'warning',
    why: 'What stays there for ever is either final, which should be said, or stuck.',
  },
  'final-state-with-command': { level: 'error', why: 'A final state accepts nothing and may only ignore.' },
  'step-without-compensation': {
    level: 'error',
    why: 'If a later step fails, the effect of this one stays: that is a decision, not an omission.',
  },
  'compensation-elsewhere': {
    level: 'error',
    why: "A compensation goes to the forward command's stream, where it also stops that command if it comes late.",
  },
  'compensation-may-be-refused': {
    level: 'error',
    why: 'A compensation that is refused is tried again and again, until a person is called.',
  },
  'answer-impossible': {
    level: 'error',
    why: "A step's command must be able to cause the answer, else the saga hangs.",
  },
  'step-never-done': { level: 'error', why: 'A step that nothing completes hangs the saga.' },
  'answer-private': {
    level: 'error',
    why: 'A private event is never published, so the saga never hears it.',
  },
  'late-answer-refused': {
    level: 'error',
    why: 'A time-out means unknown: the answer may still come, and meets the state that the compensation left.',
  },
  'retry-with-fail': { level: 'error', why: 'Past the point of no return there is no failure to turn to.' },
  'topic-contradiction': { level: 'error', why: 'The settings would lose or break what the flow relies on.' },
  'scenario-unknown-name': { level: 'error', why: 'A scenario can only name what the flow has.' },
  'scenario-payload': {
    level: 'error',
    why: 'The payload would be refused by its schema before the command runs.',
  },
  'scenario-not-from-outside': {
    level: 'warning',
    why: 'A scenario plays the outside world, and nobody outside is said to send this command.',
  },
  // Suppressions.
  'suppression-without-reason': {
    level: 'warning',
    why: 'The next reader needs to know why it is right here.',
  },
  'suppression-unused': {
    level: 'warning',
    why: 'It hides nothing today and would hide a new finding tomorrow.',
  },
}
