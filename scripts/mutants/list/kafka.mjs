const KAFKA = 'packages/core/src/broker/kafka'
const TESTS = `${KAFKA}/kafka-broker.test.ts`
const GROUPS = `${KAFKA}/groups.test.ts`

/** @type {readonly import('../mutant.mjs').Mutant[]} */
export const kafkaMutants = [
  {
    name: 'kafka-offset-past-one-in-flight',
    why: 'A member that dies would take what it has not finished with it: nobody reads it again.',
    edits: [
      {
        file: `${KAFKA}/group/offset-writer.ts`,
        find: 'const { token, offset } = owned.reader.progress',
        replace: 'const { token } = owned.reader.progress\n      const { offset } = owned.feed',
      },
    ],
    killedBy: {
      file: TESTS,
      tests: [
        'after acknowledgements out of order everything from the lowest open one comes again',
        'stop waits for what is in flight and for nothing else',
      ],
    },
  },
  {
    name: 'kafka-token-without-fencing',
    why: 'What a member does that has lost its partition could not be told from what its heir does.',
    edits: [
      {
        file: `${KAFKA}/group/claims.ts`,
        find: 'this.#highest.get(key) ?? 0) + 1',
        replace: 'this.#highest.get(key) ?? 0, 1)',
      },
    ],
    killedBy: {
      file: TESTS,
      tests: ['a member that hangs loses its partitions, its signal is aborted, and it commits nothing more'],
    },
  },
  {
    name: 'kafka-token-not-kept',
    why: 'Each owner would count from 1 again, and pass for the first one.',
    edits: [
      {
        file: `${KAFKA}/group/mark.ts`,
        find: '/^token=(',
        replace: '/^was=(',
      },
    ],
    killedBy: {
      file: GROUPS,
      tests: [
        "a partition's token rises with each owner, and above what a store knows, also in a group made anew",
      ],
    },
  },
  {
    name: 'kafka-late-commit-taken',
    why: 'A commit of the owner before, held up on its way, would put the token back: two owners have the same one.',
    edits: [
      {
        file: `${KAFKA}/group/claiming.ts`,
        find: 'if (claimed.some((claim) => commits.mayArrive(claim))) return this.#events.uncertain()',
        replace: '',
      },
    ],
    killedBy: {
      file: TESTS,
      tests: ['a commit that was held up puts neither a token nor an offset back'],
    },
  },
  {
    name: 'kafka-topic-by-its-name-alone',
    why: 'A topic that is made anew would be read from where the old one was left: its first messages are lost.',
    edits: [
      {
        file: `${KAFKA}/group/claims.ts`,
        find: '(last.topicId ?? topicId) === topicId && ',
        replace: '',
      },
    ],
    killedBy: {
      file: `${KAFKA}/remade-topics.test.ts`,
      tests: ['a commit that was made for one that was deleted counts for nothing in the one made anew'],
    },
  },
  {
    name: 'kafka-partition-moved-undrained',
    why: 'Its new owner would handle what the old one still has in flight, both at once.',
    edits: [
      {
        file: `${KAFKA}/group/assignor.ts`,
        find: 'wanted !== undefined && (owner === null || owner === wanted)',
        replace: 'wanted !== undefined',
      },
    ],
    killedBy: {
      file: TESTS,
      tests: ['a member that joins gets only what has to move, after the old owner has drained it'],
    },
  },
  {
    name: 'kafka-identity-changed-by-a-retry',
    why: 'Kafka would take what is sent again for something else, and keep it twice.',
    edits: [
      {
        file: `${KAFKA}/producer/producer.ts`,
        find: '    queue.again(trouble)\n',
        replace: '    this.#identities.forget(queue)\n    queue.again(trouble)\n',
      },
    ],
    killedBy: { file: TESTS, tests: ['messages whose answer is lost are sent again, and stand once'] },
  },
  {
    name: 'kafka-empty-id-taken-as-one',
    why: 'All messages of others that come with an empty id would pass for the first of them, and be dropped.',
    edits: [
      {
        file: `${KAFKA}/record.ts`,
        find: 'id: id || (foreignId(read) ?? place)',
        replace: 'id: id ?? foreignId(read) ?? place',
      },
    ],
    killedBy: {
      file: `${KAFKA}/record.test.ts`,
      tests: ['an empty id is none: two messages that have one are not taken for the same'],
    },
  },
]
