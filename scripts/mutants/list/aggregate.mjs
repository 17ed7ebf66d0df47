/** @type {readonly import('../mutant.mjs').Mutant[]} */
export const aggregateMutants = [
  {
    name: 'refusal-not-recorded',
    why: 'A command that was refused and told so would succeed when it is delivered again to another state.',
    edits: [
      {
        file: 'packages/core/src/aggregate/execute.ts',
        find: "tx.commands.record(stream, { commandId, hash, outcome: 'refused', refusal: named })",
        replace: '',
      },
    ],
    killedBy: {
      file: 'packages/core/src/aggregate/aggregate.test.ts',
      tests: ['a refused command redelivered after the state changed stays refused'],
    },
  },
]
