const RUNNER = 'packages/core/src/runner'
const TESTS = `${RUNNER}/idle.test.ts`
const RACES = `${RUNNER}/at-rest.test.ts`

/** @type {readonly import('../mutant.mjs').Mutant[]} */
export const runnerMutants = [
  {
    name: 'relay-asked-last',
    why: 'An app says that it is at rest while a message is under way that came after its consumers were asked.',
    edits: [
      {
        file: `${RUNNER}/eventwright.ts`,
        find: 'const relayFirst = components.toReversed()',
        replace: 'const relayFirst = components',
      },
    ],
    killedBy: { file: RACES, tests: ['what the relay publishes while its consumers are asked is seen'] },
  },
  {
    name: 'unanswered-is-faulted',
    why: 'A blip of the database would raise the alarm of a projection that stands still for good, and tell a lag of 0.',
    edits: [
      {
        file: `${RUNNER}/health.ts`,
        find: "state: 'unknown', error }",
        replace: "state: 'faulted', lag: 0, error }",
      },
    ],
    killedBy: {
      file: `${RUNNER}/health-handler.test.ts`,
      tests: [
        'of a store that does not answer nothing is told but that, and before the second of a probe is over',
      ],
    },
  },
  {
    name: 'apps-asked-once',
    why: 'Apps say that they are at rest while one has a message of another, which came after it was asked.',
    edits: [
      {
        file: 'packages/core/src/testing/idle.ts',
        find: '    if (all.length > 1) for (const app of all) await app.idle(options)\n',
        replace: '',
      },
    ],
    killedBy: {
      file: RACES,
      tests: ['what one app publishes while another is asked is seen, each with a store of its own'],
    },
  },
  {
    name: 'rest-of-the-busy-one',
    why: 'An app says that it is at rest as soon as the part that was busy is: what that handed on is forgotten.',
    edits: [
      {
        file: `${RUNNER}/idle.ts`,
        find: 'if (await busy?.idle()) busy = undefined',
        replace: 'if (await busy?.idle()) return',
      },
    ],
    killedBy: { file: TESTS, tests: ['work that a part hands on before it says that it has none is seen'] },
  },
  {
    name: 'rest-with-a-commit-in-between',
    why: 'A part that was asked early gets work by the commit of one that was asked late.',
    edits: [
      {
        file: `${RUNNER}/idle.ts`,
        find: 'if (busy === undefined && (await store.commits()) === before) return',
        replace: 'if (busy === undefined && before >= 0) return',
      },
    ],
    killedBy: { file: TESTS, tests: ['a commit during the rounds asks for another one'] },
  },
  {
    name: 'neighbours-beside-a-suspect',
    why: 'Three crashes of a read model, a timer or a send bury a message that did nothing.',
    edits: [
      {
        file: 'packages/core/src/delivery/alone.ts',
        find: 'held = gate.promise\n',
        replace: '\n',
      },
    ],
    killedBy: {
      file: 'packages/core/src/runner/suspects.test.ts',
      tests: [
        'runs a moment before any read model, timer or send does, so that their crash is not laid at its door',
      ],
    },
  },
]
