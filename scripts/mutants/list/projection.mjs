const APPLY = 'packages/core/src/projection/apply.ts'
const SLICES = 'packages/core/src/projection/slices.ts'
const SLICES_TEST = 'packages/core/src/projection/slices.test.ts'

/** @type {readonly import('../mutant.mjs').Mutant[]} */
export const projectionMutants = [
  {
    name: 'handler-outside-the-checkpoint',
    why: 'A crash between documents and checkpoint would count the same events again.',
    edits: [
      {
        file: APPLY,
        find: '      // Where `from` is not what stands there, another instance moved it: the flush must say so.\n',
        replace:
          '    },\n    { tenant },\n  )\n  await store.transaction(\n    async (tx) => {\n      tx.fence(lease.name, lease.token)\n      const at = await tx.checkpoint.get(checkpoint)\n',
      },
    ],
    killedBy: {
      file: 'packages/core/src/projection/projection.test.ts',
      tests: ['a crash around the commit leaves checkpoint and documents together'],
    },
  },
  {
    name: 'moved-checkpoint-kept-in-mind',
    why: 'A projection whose checkpoint was moved would try the same again and again until what it remembers of it is too old.',
    edits: [
      {
        file: 'packages/core/src/projection/component.ts',
        find: '    parts.forget()\n    const error = thrown',
        replace: '    const error = thrown',
      },
    ],
    killedBy: {
      file: SLICES_TEST,
      tests: ['a checkpoint that was moved meanwhile is looked up again before anything else is read'],
    },
  },
  {
    name: 'slice-behind-another-checkpoint',
    why: 'A projection that was set back while it ran would pass over all that it had taken in before.',
    edits: [{ file: SLICES, find: 'before?.position === position', replace: 'before' }],
    killedBy: {
      file: SLICES_TEST,
      tests: ['what was read ahead is not used where the checkpoint was moved meanwhile'],
    },
  },
]
