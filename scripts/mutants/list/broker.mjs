/** @typedef {import('../mutant.mjs').Mutant} Mutant */

const BROKER = 'packages/core/src/broker'

/** @type {readonly Mutant[]} */
export const brokerMutants = [
  {
    name: 'offset-committed-past-one-in-flight',
    why: 'A message that was handed over and never acknowledged would not come again after a crash: it is lost.',
    edits: [
      {
        file: `${BROKER}/reader/window.ts`,
        find: 'return lowest.done ? this.#next : lowest.value',
        replace: 'return lowest.done ? this.#next : Math.max(lowest.value, this.#next)',
      },
    ],
    killedBy: {
      file: `${BROKER}/broker.property.test.ts`,
      tests: [
        'random histories: all at least once, keys in order, nothing committed that is not acknowledged',
      ],
    },
  },
  {
    name: 'lost-commit-never-made-again',
    why: 'What a member committed just before the storage was cut off would be missing until another message comes.',
    edits: [{ file: `${BROKER}/group/offsets.ts`, find: 'this.#committed.clear()', replace: '' }],
    killedBy: {
      file: `${BROKER}/group/lost-commit.test.ts`,
      tests: ['a commit that a crash of the storage took back is made again, though no message follows'],
    },
  },
  {
    name: 'told-end-passed-over',
    why: 'Nobody looks for messages whose end is told, so they would lie there until something else happens.',
    edits: [
      {
        file: `${BROKER}/group/member.ts`,
        find: 'if (change.ends) this.#sawEnds(change.ends)\n    else this',
        replace: 'if (!change.ends) this',
      },
    ],
    killedBy: {
      file: `${BROKER}/postgres/changes.test.ts`,
      tests: ['who hears of messages hears where they end, and looks for nothing'],
    },
  },
  {
    name: 'postgres-commit-without-its-token',
    why: 'A member that lost a partition and won it again would commit what it did before, over what another one does.',
    edits: [
      {
        file: `${BROKER}/postgres/commit.ts`,
        find: 'WHERE o.owner = $2 AND o.token = a.token',
        replace: 'WHERE o.owner = $2',
      },
    ],
    killedBy: {
      file: `${BROKER}/tokens.test.ts`,
      tests: ['PostgreSQL takes a commit from the present owner under its present token only'],
    },
  },
  {
    name: 'postgres-offsets-without-a-lock',
    why: 'Two publishers would count the same offsets, and a reader would pass one that is still to be committed.',
    edits: [
      {
        file: `${BROKER}/postgres/append.ts`,
        find: 'ORDER BY p.topic, p.partition FOR UPDATE OF p',
        replace: 'ORDER BY p.topic, p.partition',
      },
    ],
    killedBy: {
      file: `${BROKER}/postgres/publishers.test.ts`,
      tests: [
        '32 publishers on several partitions leave no gap and keep the order of each key, whoever is rolled back',
      ],
    },
  },
  {
    name: 'postgres-publishers-in-any-order',
    why: 'Two publishers of several partitions would wait for each other until PostgreSQL ends one.',
    edits: [
      {
        file: `${BROKER}/postgres/append.ts`,
        find: 'ORDER BY p.topic, p.partition FOR UPDATE OF p',
        replace: 'ORDER BY md5(random()::text) FOR UPDATE OF p',
      },
    ],
    killedBy: {
      file: `${BROKER}/postgres/publishers.test.ts`,
      tests: [
        '32 publishers on several partitions leave no gap and keep the order of each key, whoever is rolled back',
      ],
    },
  },
]
