/** @typedef {import('../mutant.mjs').Mutant} Mutant */

const POSTGRES = 'packages/core/src/store/postgres'

/** @type {readonly Mutant[]} */
export const postgresDatabaseMutants = [
  {
    name: 'lost-commit-told-as-failure',
    why: 'A caller would take what stands for what was never written, and do it again under other ids.',
    edits: [
      {
        file: `${POSTGRES}/database/in-transaction.ts`,
        find: 'return new UnknownOutcomeError(url, { cause: error })',
        replace: 'return clearFault(url, error)',
      },
    ],
    killedBy: {
      file: `${POSTGRES}/lost-connections.test.ts`,
      tests: ['a commit whose answer is lost has an unknown outcome, whether it came to the server or not'],
    },
  },
  {
    name: 'join-without-a-transaction',
    why: 'On a client without one each statement would commit by itself, and half of a unit could stand.',
    edits: [
      {
        file: `${POSTGRES}/join/joined-engine.ts`,
        find: '  await enter(url, session)\n',
        replace: '',
      },
    ],
    killedBy: {
      file: `${POSTGRES}/join.test.ts`,
      tests: ['nothing is written where there is no transaction that could be joined'],
    },
  },
  {
    name: 'failed-join-not-undone',
    why: "What a join had written before it failed would commit with the user's transaction.",
    edits: [
      {
        file: `${POSTGRES}/join/joined-engine.ts`,
        find: 'undo: () => session.exec(UNDO).catch(() => {})',
        replace: 'undo: async () => {}',
      },
    ],
    killedBy: {
      file: `${POSTGRES}/join.test.ts`,
      tests: ['a join that the server refuses leaves the transaction of the user as it was'],
    },
  },
  {
    name: 'failover-not-looked-at',
    why: 'A process that runs on would append to a log that lost its tail as if it were the one that it knew.',
    edits: [
      {
        file: `${POSTGRES}/database/return.ts`,
        find: 'for (const look of looks) await look({ rows, transaction })',
        replace: 'void transaction',
      },
    ],
    killedBy: {
      file: `${POSTGRES}/epoch.test.ts`,
      tests: [
        'a log begins a new epoch where a standby took over, and not where its server was only restarted',
      ],
    },
  },
  {
    name: 'migrations-at-once',
    why: 'Processes that start together would make the same tables, and all but one would fail.',
    edits: [
      {
        file: `${POSTGRES}/migrate/lock.ts`,
        find: 'return locked?.ours ?',
        replace: 'return locked ?',
      },
    ],
    killedBy: {
      file: `${POSTGRES}/migrate/migrate.test.ts`,
      tests: ['processes that start at once upgrade one after the other, each step once'],
    },
  },
]
