/** @typedef {import('../mutant.mjs').Mutant} Mutant */

const POSTGRES = 'packages/core/src/store/postgres'
const SAVE = `${POSTGRES}/save-events.ts`
const SETTLED = `${POSTGRES}/settled.ts`
const LOG = `${POSTGRES}/log.ts`
const STREAMS = `${POSTGRES}/streams.ts`
const PAGES = `${POSTGRES}/pages.test.ts`
const ORDER = `${POSTGRES}/order.test.ts`
const GUESSED = `${POSTGRES}/append-guessed.ts`
const STATEMENT = `${POSTGRES}/guessed-statement.ts`
const COMMANDS_TEST = `${POSTGRES}/guessed-commands.test.ts`
const GUESSED_TEST = `${POSTGRES}/append-guessed.test.ts`
const CONTENTION = `${POSTGRES}/contention.test.ts`
const NOT_PASSED = [
  'no reader passes an append that is open, until it commits',
  'an append of nothing but the first holds the bound at 0',
]

/** @type {readonly Mutant[]} */
export const postgresMutants = [
  {
    name: 'announced-bound-dropped',
    why: 'Readers would pass a position whose append commits after that of a higher one, and never see its event.',
    edits: [{ file: SAVE, find: '    session.rows(announce(tables)),\n', replace: '    undefined,\n' }],
    killedBy: { file: ORDER, tests: NOT_PASSED },
  },
  {
    name: 'freed-log-untold',
    why: 'Events behind an append that was rolled back would wait until their readers look by themselves.',
    edits: [
      {
        file: `${POSTGRES}/engine.ts`,
        find: '        if (!written && isAnnounced) news.tell(LOG_FREED)\n',
        replace: '',
      },
    ],
    killedBy: {
      file: `${POSTGRES}/rolled-back.test.ts`,
      tests: ['holds up readers until they are told that it is gone'],
    },
  },
  {
    name: 'announced-after-nextval',
    why: 'The bound that is announced would be the position itself that may still appear.',
    edits: [
      {
        file: SAVE,
        find: 'const [, rows] = await Promise.all([\n    session.rows(announce(tables)),\n',
        replace: 'const [rows] = await Promise.all([\n',
      },
      {
        file: SAVE,
        find: '(events, streamRows, ARRAYS),\n    ),\n  ])',
        replace: '(events, streamRows, ARRAYS),\n    ),\n    session.rows(announce(tables)),\n  ])',
      },
    ],
    killedBy: {
      file: ORDER,
      tests: ['an append is announced before it takes its positions, however late these come'],
    },
  },
  {
    name: 'bound-read-with-the-rows',
    why: 'A statement sees rows as they were when it began, and locks as they are: what committed between is skipped.',
    edits: [
      {
        file: LOG,
        find: 'Math.min(query.before, (await bound()) + 1)',
        replace: 'query.before',
      },
      {
        file: LOG,
        find: 'e.position < $2 ',
        replace: `e.position < $2 AND e.position <= (SELECT b.last FROM (\${askBound(tables)}) b) `,
      },
      {
        file: LOG,
        find: 'backward ? after + 1 : before - 1',
        replace: 'backward ? after + 1 : (events.at(-1)?.position ?? after)',
      },
      {
        file: LOG,
        find: 'import type { Tables }',
        replace: "import { askBound } from './settled.ts'\nimport type { Tables }",
      },
      { file: SETTLED, find: 'function askBound', replace: 'export function askBound' },
    ],
    killedBy: {
      file: ORDER,
      tests: ['rows are read after the bound, however long that takes'],
    },
  },
  {
    name: 'log-that-ends-with-its-page',
    why: 'What was asked for and stands behind the first page would count as examined, and nobody would see it.',
    edits: [{ file: LOG, find: 'page.length < limit ||', replace: 'page.length <= limit ||' }],
    killedBy: { file: PAGES, tests: ['a slice is the same wherever it begins and ends in them'] },
  },
  {
    name: 'pages-that-overlap',
    why: 'An event at the end of a page would be folded twice.',
    edits: [{ file: `${POSTGRES}/stream-slice.ts`, find: 'PAGE - 1}', replace: 'PAGE}' }],
    killedBy: { file: PAGES, tests: ['a slice is the same wherever it begins and ends in them'] },
  },
  {
    name: 'no-commit-waits-for-the-disk',
    why: 'What was answered as written would be gone after a power cut.',
    edits: [
      {
        file: 'packages/core/src/store/postgres/engine.ts',
        find: 'durable: !quiet',
        replace: 'durable: false',
      },
    ],
    killedBy: {
      file: 'packages/core/src/store/postgres/quiet.test.ts',
      tests: ['a quiet commit does not wait for the disk; any other does, also one that a quiet unit shares'],
    },
  },
  {
    name: 'bound-of-an-earlier-question',
    why: 'Who has just appended and asks for the head would be told the one before.',
    edits: [
      {
        file: 'packages/core/src/store/postgres/look-up.ts',
        find: '      open = undefined\n      return ask()',
        replace: '      return ask().finally(() => {\n        open = undefined\n      })',
      },
    ],
    killedBy: {
      file: 'packages/core/src/store/postgres/look-up.test.ts',
      tests: [
        'who asks in one go shares an answer; who asks when the question is on its way gets a later one',
      ],
    },
  },
  {
    name: 'bound-of-any-database',
    why: 'An append that stays open in another database of the cluster would hold up the readers of this one.',
    edits: [{ file: SETTLED, find: 'AND l.database = ', replace: 'AND 0 <> ' }],
    killedBy: {
      file: ORDER,
      tests: ['an open append in a copy of the database, where all has the same numbers, holds no reader up'],
    },
  },
  {
    name: 'guessed-append-not-announced',
    why: 'Readers would pass what a single statement is about to commit, as they would without any bound.',
    edits: [
      {
        file: STATEMENT,
        find: '(tables)} IS NULL THEN false',
        replace: '(tables).slice(0, 0)} false THEN false',
      },
    ],
    killedBy: { file: GUESSED_TEST, tests: ['is not passed by a reader before it has committed'] },
  },
  {
    name: 'guessed-append-not-counted',
    why: 'Whoever asks by the number of commits whether anything happened would be told that nothing did.',
    edits: [
      { file: STATEMENT, find: 'nextCommit(tables)} > 0', replace: 'nextCommit(tables).slice(0, 0)} true' },
    ],
    killedBy: { file: GUESSED_TEST, tests: ['counts as a commit for whoever asks'] },
  },
  {
    name: 'guess-not-checked',
    why: 'A process that outlived a restore would append behind a gap, from where it saw the stream last.',
    edits: [
      { file: STATEMENT, find: '(SELECT e.position FROM', replace: '(SELECT max(e.position) FROM' },
      { file: STATEMENT, find: 'AND e.version = ', replace: 'AND e.version <= ' },
    ],
    killedBy: {
      file: GUESSED_TEST,
      tests: ['leaves no gap where the tail of the log was lost under a process that goes on'],
    },
  },
  {
    name: 'guessed-command-written-over',
    why: 'A command that another process decided after it was looked up would be decided again.',
    edits: [
      {
        file: STATEMENT,
        find: '{recorded})`',
        replace: '{recorded} ON CONFLICT DO NOTHING)`',
      },
    ],
    killedBy: {
      file: COMMANDS_TEST,
      tests: ['is decided once where another process decides it after it was looked up'],
    },
  },
  {
    name: 'guessed-command-only-looked-up',
    why: 'The guess holds a command against the log only by recording it: what was looked up would not be looked at again.',
    edits: [
      { file: GUESSED, find: ' || batch.commands.size < needs.commands.size) return', replace: ') return' },
    ],
    killedBy: {
      file: COMMANDS_TEST,
      tests: ['makes a unit run again that looked it up before and writes elsewhere'],
    },
  },
  {
    name: 'unsorted-flush',
    why: 'Two flushes that take the same locks in opposite orders would wait for each other until one is broken off.',
    edits: [{ file: STREAMS, find: '.sort((a, b) => (a.key < b.key ? -1 : 1))', replace: '' }],
    killedBy: {
      file: CONTENTION,
      tests: ['flushes of the same streams in opposite orders never deadlock'],
    },
  },
  {
    name: 'no-splitting-on-error',
    why: 'One caller whose unit cannot be written would fail all that share its flush.',
    edits: [
      {
        file: 'packages/core/src/store/flush-units.ts',
        find: 'if (waiting.length === 1 || gone) {',
        replace: 'if (waiting.length >= 1 || gone) {',
      },
    ],
    killedBy: {
      file: CONTENTION,
      tests: [
        'a stream that another transaction holds makes its own appends wait, in order, and no neighbour',
        'what an engine cannot take harms no neighbour in its flush',
      ],
    },
  },
  {
    name: 'flights-that-meet',
    why: 'Two flushes of one stream at a time would be answered, and write, in whatever order they come through.',
    edits: [
      {
        file: 'packages/core/src/store/queue.ts',
        find: 'if (busy.size === 0) return false',
        replace: 'if (busy.size >= 0) return false',
      },
    ],
    killedBy: {
      file: 'packages/core/src/store/queue.test.ts',
      tests: [
        'whatever flushes are in flight, callers on one stream are answered, and its events stand, in order of arrival',
      ],
    },
  },
]
