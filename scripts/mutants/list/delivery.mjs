const DELIVERY = 'packages/core/src/delivery'
const TESTS = `${DELIVERY}/delivery-memory.test.ts`

/** @type {readonly import('../mutant.mjs').Mutant[]} */
export const deliveryMutants = [
  {
    name: 'offset-before-effect',
    why: 'A process that ends while it handles a message would never see it again.',
    edits: [
      {
        file: `${DELIVERY}/partition.ts`,
        find: 'this.#inFlight.add(message.offset)',
        replace: 'this.#inFlight.add(message.offset)\n      delivery.ack(message)',
      },
    ],
    killedBy: { file: TESTS, tests: ['a consumer killed while it handles leaves nothing half done'] },
  },
  {
    name: 'attempt-after-handler',
    why: 'A message that takes its process down leaves no trace, and takes the next one down too, for ever.',
    edits: [
      {
        file: `${DELIVERY}/batch.ts`,
        find: 'const begun = attempts.begin(offsets, false)\n      // Who waits for it hears of it, which may be later than it fails: an error that nobody hears ends the process.\n      begun.catch(() => {})\n      if (batch.length === 1 || !(await together(batch, begun))) await oneByOne(batch, begun)',
        replace:
          'const begun = Promise.resolve()\n      if (batch.length === 1 || !(await together(batch, begun))) await oneByOne(batch, begun)\n      await attempts.begin(offsets, false)\n      await clearAttempts(context([]), [])',
      },
    ],
    killedBy: {
      file: TESTS,
      tests: ['a message that kills the process is parked, its neighbours in the batch are handled'],
    },
  },
  {
    name: 'handler-beside-the-attempt',
    why: 'A message that takes its process down before the record is there leaves no trace.',
    edits: [
      { file: `${DELIVERY}/unit.ts`, find: '  if (!looks) await context.begun\n', replace: '' },
      { file: `${DELIVERY}/unit.ts`, find: '\n  await context.begun\n', replace: '\n' },
    ],
    killedBy: {
      file: `${DELIVERY}/begun.test.ts`,
      tests: ['nothing is handled before it is recorded that it is attempted'],
    },
  },
  {
    name: 'attempt-not-recorded-unheard',
    why: 'A database that goes away at the wrong moment would end the process of the service.',
    edits: [{ file: `${DELIVERY}/batch.ts`, find: '      begun.catch(() => {})\n', replace: '' }],
    killedBy: {
      file: `${DELIVERY}/begun.test.ts`,
      tests: ['an attempt that cannot be recorded is no failure of the messages'],
    },
  },
  {
    name: 'attempt-not-recorded-counted-as-failure',
    why: 'A store that does not take the record of an attempt would park messages that did nothing wrong.',
    edits: [
      {
        file: `${DELIVERY}/batch.ts`,
        find: '      await begun\n      if (isNotOfHandler(error)) throw error\n      return failed(',
        replace: '      if (isNotOfHandler(error)) throw error\n      return failed(',
      },
      {
        file: `${DELIVERY}/batch.ts`,
        find: "      await begun\n      if (isNotOfHandler(error)) throw error\n      log(error, 'a batch",
        replace: "      if (isNotOfHandler(error)) throw error\n      log(error, 'a batch",
      },
    ],
    killedBy: {
      file: `${DELIVERY}/begun.test.ts`,
      tests: ['an attempt that cannot be recorded is no failure of the messages'],
    },
  },
  {
    name: 'key-freed-after-first-redriven',
    why: 'What arrives next would overtake the parked messages of its key that are still to come.',
    edits: [
      { file: `${DELIVERY}/parking.ts`, find: 'if (row.count > 1) {', replace: 'if (row.count < 0) {' },
    ],
    killedBy: {
      file: TESTS,
      tests: [
        'messages that arrive during a redrive stay behind, and the last one frees the key',
        'live messages never overtake a redrive',
      ],
    },
  },
  {
    name: 'dead-letter-without-its-key',
    why: 'The later messages of a key would be handled without the one that was parked before them.',
    edits: [
      {
        file: `${DELIVERY}/parking.ts`,
        find: 'return (await tx.documents<ParkedKey>(PARKED).get(rowId(consumer, lane))) !== undefined',
        replace: 'return false',
      },
    ],
    killedBy: {
      file: TESTS,
      tests: ['a poison message is parked with the later ones of its key while others go on'],
    },
  },
  {
    name: 'full-disk-counted-as-failure',
    why: 'An outage of the disk would fill the dead letters with messages that did nothing wrong.',
    edits: [
      {
        file: `${DELIVERY}/not-of-handler.ts`,
        find: 'error instanceof StorageFailed ||',
        replace: '',
      },
    ],
    killedBy: {
      file: TESTS,
      tests: ['a store that does not answer is asked again, and nothing is counted or overtaken'],
    },
  },
  {
    name: 'lost-tail-not-looked-for',
    why: 'A log that lost its tail would give known versions to other events, which consumers then take for duplicates.',
    edits: [
      { file: `${DELIVERY}/log-behind.ts`, find: 'if (furthest === undefined) return', replace: 'return' },
    ],
    killedBy: {
      file: 'packages/core/src/runner/lost-tail.test.ts',
      tests: [
        'a log that lost its tail is found by what was published: nothing more is published or handled',
      ],
    },
  },
  {
    name: 'lost-tail-forgotten-when-written-over',
    why: 'Orders that are taken after the loss make the log as long as it was: the next start would go on as if nothing were lost.',
    edits: [{ file: `${DELIVERY}/log-behind.ts`, find: 'events.size === 0 ||', replace: 'true ||' }],
    killedBy: {
      file: 'packages/core/src/runner/lost-tail.test.ts',
      tests: [
        'a log that lost its tail is found by what was published: nothing more is published or handled',
      ],
    },
  },
  {
    name: 'relay-parks-without-fencing',
    why: 'A relay that was overtaken would park what the next one has published, and with it hold back its key.',
    edits: [
      {
        file: `${DELIVERY}/relay-parking.ts`,
        find: 'tx.fence(RELAY, token())\n        await park(',
        replace: 'await park(',
      },
    ],
    killedBy: { file: TESTS, tests: ['a zombie parks nothing that the next one has published'] },
  },
  {
    name: 'redrive-fails-without-fencing',
    why: 'A redriver that was overtaken would end the redrive of the next one, and the key stays parked.',
    edits: [
      {
        file: `${DELIVERY}/redrive-run.ts`,
        find: 'const reason: Reason = reasonOf(error)\n  await store.transaction(\n    async (tx) => {\n      tx.fence(fence.name, fence.token)\n',
        replace: 'const reason: Reason = reasonOf(error)\n  await store.transaction(\n    async (tx) => {\n',
      },
    ],
    killedBy: {
      file: TESTS,
      tests: ['a zombie whose redrive fails takes no mark from the one that took over'],
    },
  },
  {
    name: 'checkpoint-before-publishing',
    why: 'What is read ahead makes it easy: a crash would lose what the checkpoint has passed and nobody has published.',
    edits: [
      {
        file: `${DELIVERY}/relay-work.ts`,
        find: 'await sender.publish(slice.events)\n      cursor = Math.max(cursor, slice.examined)\n      reached()',
        replace:
          'cursor = Math.max(cursor, slice.examined)\n      reached()\n      await sender.publish(slice.events)',
      },
    ],
    killedBy: {
      file: TESTS,
      tests: ['the checkpoint stands before what is under way, while what comes after it is read'],
    },
  },
  {
    name: 'failed-key-overtaken',
    why: 'A message that is read after one of its key has failed would be published before it.',
    edits: [
      {
        file: `${DELIVERY}/relay-sender.ts`,
        find: 'if (lanes.behind(item)) continue',
        replace: '',
      },
    ],
    killedBy: { file: TESTS, tests: ['what was read before a key failed does not overtake it'] },
  },
  {
    name: 'refused-relay-goes-on',
    why: 'A relay that another one has taken over from would publish again all that it can read.',
    edits: [
      {
        file: `${DELIVERY}/relay-progress.ts`,
        find: 'failure = { error }\n      failed()',
        replace: 'failure = { error }',
      },
    ],
    killedBy: { file: TESTS, tests: ['a relay whose move is refused publishes nothing more'] },
  },
  {
    name: 'last-move-not-awaited',
    why: 'The lease would be given back before the checkpoint has moved: the next relay publishes all of it again.',
    edits: [{ file: `${DELIVERY}/relay.ts`, find: 'await work.over()', replace: '' }],
    killedBy: {
      file: TESTS,
      tests: ['a relay that stops has moved its checkpoint behind what it published'],
    },
  },
  {
    name: 'held-send-without-its-lease',
    why: 'A relay that made room for a suspect sends what the next one has sent already, behind what came after it.',
    edits: [
      {
        file: `${DELIVERY}/relay-sender.ts`,
        find: 'await quiet.beside(async () => {\n      if (!holds()) throw new LeaseLost()\n',
        replace: 'if (!holds()) throw new LeaseLost()\n    await quiet.beside(async () => {\n',
      },
    ],
    killedBy: {
      file: TESTS,
      tests: ['a relay that was held back past its lease sends nothing that another one has sent'],
    },
  },
  {
    name: 'hanging-send-spares-the-poison',
    why: 'Where a send hangs, a message that takes its process down does so for ever.',
    edits: [
      {
        file: `${DELIVERY}/alone.ts`,
        find: 'return await work(truly)',
        replace: 'return await work(truly && ended)',
      },
    ],
    killedBy: {
      file: `${DELIVERY}/alone.test.ts`,
      tests: [
        'what hangs and is no batch is waited for a moment, once, and keeps no suspect from being judged',
      ],
    },
  },
]
