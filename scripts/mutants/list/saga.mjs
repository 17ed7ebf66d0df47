const SAGA = 'packages/core/src/saga'
const PURE = `${SAGA}/saga.test.ts`
const ENGINES = `${SAGA}/engines.test.ts`
const TIMERS = `${SAGA}/timers.ts`

/** @type {readonly import('../mutant.mjs').Mutant[]} */
export const sagaMutants = [
  {
    name: 'timer-bound-to-saga-version',
    why: "A parallel step's completion would make the other step's live timer late, and the saga hangs.",
    edits: [
      {
        file: TIMERS,
        find: 'timerId({ key, run }: SagaState',
        replace: 'timerId({ key, run, clock }: SagaState',
      },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a piece of a program, with a template in it
      { file: TIMERS, find: '${status}/${count}`', replace: '${status}/${count}@${clock}`' },
      {
        file: TIMERS,
        find: 'map((timer) => [timer.id, timer.due])',
        replace: 'map((timer) => [bare(timer.id), timer])',
      },
      { file: TIMERS, find: 'current.map(({ id }) => id)', replace: 'current.map(({ id }) => bare(id))' },
      { file: TIMERS, find: 'old.get(id) !== due', replace: 'old.get(bare(id))?.due !== due' },
      {
        file: TIMERS,
        find: '[...old.keys()].filter((id) => !ids.has(id)),\n  }\n}',
        replace:
          "[...old.values()].map(({ id }) => id).filter((id) => !ids.has(bare(id))),\n  }\n}\n\nfunction bare(id: string): string {\n  return id.slice(0, id.lastIndexOf('@'))\n}",
      },
    ],
    killedBy: { file: ENGINES, tests: ["a parallel step's completion leaves the other step's timer alive"] },
  },
  {
    name: 'compensation-without-forward-id',
    why: 'A forward command that comes after its compensation would take effect, and nothing undoes it any more.',
    edits: [
      {
        file: `${SAGA}/compensation.ts`,
        find: 'compensates === undefined ? command : { ...command, compensates }',
        replace: 'command',
      },
    ],
    killedBy: { file: ENGINES, tests: ['a forward command that comes after its compensation does nothing'] },
  },
  {
    name: 'compensation-in-forward-order',
    why: 'A step would be undone while what was built on it still stands.',
    edits: [
      {
        file: `${SAGA}/compensation.ts`,
        find: 'b.entered - a.entered : right - left',
        replace: 'a.entered - b.entered : left - right',
      },
    ],
    killedBy: {
      file: PURE,
      tests: ['rounds are compensated in reverse, each with its own item and answers'],
    },
  },
  {
    name: 'timer-due-not-asked-again',
    why: 'A timer that was moved while it waited for its turn would fire before its new time.',
    edits: [{ file: `${SAGA}/timer-loop.ts`, find: '|| current.due > tx.now', replace: '' }],
    killedBy: {
      file: `${SAGA}/timer-loop.test.ts`,
      tests: ['a timer that is moved while it waits for its turn is not fired before its new time'],
    },
  },
]
