/** @typedef {import('../mutant.mjs').Mutant} Mutant */

const STORE = 'packages/core/src/store'
const SETTLE = `${STORE}/settle/settle.ts`
const SQLITE = `${STORE}/sqlite/sqlite.test.ts`
const FILE = `${STORE}/sqlite/file.test.ts`

/** @type {readonly Mutant[]} */
export const storeMutants = [
  {
    name: 'units-not-checked-again',
    why: 'Two units that read the same and write would both commit, and the second undoes the first.',
    edits: [
      {
        file: SETTLE,
        find: "unit.kind === 'work' ? recheck(unit, view) : undefined",
        replace:
          "unit.kind === 'work' ? recheck({ ...unit, reads: emptyUnit('work', '').reads }, view) : undefined",
      },
      {
        file: SETTLE,
        find: "import type { PreparedEvent, Unit } from '../unit.ts'",
        replace: "import { emptyUnit, type PreparedEvent, type Unit } from '../unit.ts'",
      },
    ],
    killedBy: { file: SQLITE, tests: ['many units that read and write one document all get through'] },
  },
  {
    name: 'calls-under-way-forgotten',
    why: 'Work that forgets an await would lose its event where the store is slow, and a join would commit without it.',
    edits: [
      {
        file: `${STORE}/work/context.ts`,
        find: 'if (context.underWay.size === 0) return',
        replace: 'if (context.underWay.size >= 0) return',
      },
    ],
    killedBy: {
      file: SQLITE,
      tests: ['work that does not await its tx is refused, and nothing of it is written'],
    },
  },
  {
    name: 'flush-awaits-in-its-transaction',
    why: 'The write lock would wait for this event loop: every other process is held up, and one may starve.',
    edits: [
      {
        file: `${STORE}/sqlite/write-queue.ts`,
        find: 'function flush(): void {',
        replace: 'async function flush(): Promise<void> {',
      },
      {
        file: `${STORE}/sqlite/write-queue.ts`,
        find: "connection.run('BEGIN IMMEDIATE')",
        replace: "connection.run('BEGIN IMMEDIATE')\n    await new Promise(setImmediate)",
      },
      { file: `${STORE}/sqlite/busy.ts`, find: 'return attempt()', replace: 'return await attempt()' },
    ],
    killedBy: {
      file: FILE,
      tests: ['a writer elsewhere finds the lock free whenever this event loop turns'],
    },
  },
  {
    name: 'flush-awaits-in-its-work',
    why: 'What is written after an await comes behind the commit: it is not part of it, and may be lost or half.',
    edits: [
      {
        file: `${STORE}/sqlite/engine.ts`,
        find: 'file.write((db) => {\n        const loaded = load(db, needs)',
        replace:
          'file.write(async (db) => {\n        const loaded = load(db, needs)\n        await Promise.resolve()',
      },
    ],
    killedBy: {
      file: `${STORE}/sqlite/faults.test.ts`,
      tests: [
        'a full disk is StorageFailed, harms no neighbour in the flush, and is over when there is space',
      ],
    },
  },
  {
    name: 'ids-checked-after-expect',
    why: 'A retry after a lost answer would be told of a conflict with itself.',
    edits: [
      {
        file: SETTLE,
        find: 'const met = meetIds(',
        replace:
          'checkExpect(append.stream, append.expect, versions.get(append.stream) ?? versionIn(view, tenant, append.stream))\n    const met = meetIds(',
      },
    ],
    killedBy: {
      file: SQLITE,
      tests: [
        'ids are looked at before expect',
        'a retry after a lost answer succeeds as a duplicate, whatever its expect',
      ],
    },
  },
  {
    name: 'none-not-enforced',
    why: 'Two concurrent creations would both succeed, and the second one goes on what it takes for its own stream.',
    edits: [
      {
        file: `${STORE}/settle/expect.ts`,
        find: "expect === 'none' && version === 0",
        replace: "expect === 'none'",
      },
    ],
    killedBy: { file: SQLITE, tests: ["of two concurrent creations with 'none' one succeeds"] },
  },
  {
    name: 'inbox-check-then-act',
    why: 'A message that comes twice at once would be new to both, and has its effect twice.',
    edits: [{ file: `${STORE}/settle/recheck.ts`, find: 'recheckInbox(unit, view) ??', replace: '' }],
    killedBy: { file: SQLITE, tests: ['an inbox takes an id once, also of two racing units'] },
  },
  {
    name: 'checkpoint-without-compare-and-set',
    why: 'Of two readers that do the same work both would commit it.',
    edits: [{ file: SETTLE, find: 'if (at !== from) throw', replace: 'if (at < 0) throw' }],
    killedBy: {
      file: SQLITE,
      tests: ['of units in one flush that advance a checkpoint from the same place one succeeds'],
    },
  },
  {
    name: 'read-all-gives-the-last-match',
    why: 'A consumer of rare types would go through the rest of the log again at every look.',
    edits: [
      {
        file: `${STORE}/open.ts`,
        find: 'events.map(upcast), examined }',
        replace: 'events.map(upcast), examined: events.at(-1)?.position ?? Math.max(0, query.after ?? 0) }',
      },
    ],
    killedBy: {
      file: SQLITE,
      tests: ['readAll tells what it has examined, so that rare types are not scanned for again'],
    },
  },
  {
    name: 'lease-without-fencing',
    why: 'A holder that was paused for longer than its lease would write beside the next one.',
    edits: [{ file: SETTLE, find: 'if (token < highest) throw', replace: 'if (token < 0) throw' }],
    killedBy: {
      file: SQLITE,
      tests: [
        'a zombie whose token is passed while it awaits writes nothing',
        'a fence refuses lower tokens and lets equal and higher ones pass',
      ],
    },
  },
  {
    name: 'ids-not-checked-at-the-flush',
    why: 'An id that another stream took while a unit awaited would stand twice in the log.',
    edits: [
      {
        file: SETTLE,
        find: 'const met = meetIds(',
        replace: "const met = unit.kind === 'work' ? undefined : meetIds(",
      },
    ],
    killedBy: {
      file: SQLITE,
      tests: ['an id that another stream took before the flush is EventIdReused, and nothing is written'],
    },
  },
]
