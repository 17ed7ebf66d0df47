// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the edits are pieces of programs, with templates in them
/**
 * For each pitfall, ways to take its mend away: what is wrong then, and the edits that make it so. The mended version
 * must fail under each; a guard that can go unnoticed guards nothing.
 * @type {Readonly<Record<string, readonly (readonly [string, ...(readonly [string, string])[]])[]>>}
 */
export const mutants = {
  '01-dual-write.ts': [
    [
      'the outbox is written behind the commit',
      [
        "  mayDie()\n  save(db, 'outbox')\n  db.exec('COMMIT')\n",
        "  db.exec('COMMIT')\n  mayDie()\n  save(db, 'outbox')\n",
      ],
    ],
    ['the warehouse takes a message as often as it comes', ['if (inbox.has(String(id))) continue', '']],
    [
      'the relay marks before it sends',
      [
        "    save(broker, 'messages')\n    mayDie()\n    db.prepare('DELETE FROM outbox WHERE id = ?').run(String(id))\n",
        "    db.prepare('DELETE FROM outbox WHERE id = ?').run(String(id))\n    mayDie()\n    save(broker, 'messages')\n",
      ],
    ],
  ],
  '02-check-then-act.ts': [
    ['the key is asked and the answer is not heard', ['if (accepted) db.prepare', 'db.prepare']],
    [
      'the looking comes before the transaction',
      [
        'yield `${name} receives it`',
        "const seen = db.prepare('SELECT 1 FROM inbox').get() !== undefined\n  yield `${name} receives it`",
      ],
      ['const accepted = changes === 1', 'const accepted = !seen && changes >= 0'],
    ],
  ],
  '03-serial-cursor.ts': [
    ['the reader goes by the last position alone', ['Math.min(last, Number(lowest ?? last))', 'last']],
    [
      'the lowest announcement is read before the last position',
      [
        'const last = lastPosition(this.db)',
        "const lowest = this.db.prepare('SELECT min(above) AS above FROM announced').get()?.above",
      ],
      [
        "the last position is ${last}`\n    const lowest = this.db.prepare('SELECT min(above) AS above FROM announced').get()?.above",
        'reads`\n    const last = lastPosition(this.db)',
      ],
    ],
    [
      'a writer announces after it took its position',
      [
        "  db.prepare('INSERT INTO announced SELECT ?, last FROM sequence').run(name)\n  yield `${name} announces`\n  const position = nextPosition(db)\n",
        "  const position = nextPosition(db)\n  yield `${name} takes a position`\n  db.prepare('INSERT INTO announced SELECT ?, last FROM sequence').run(name)\n",
      ],
    ],
  ],
  '04-offset-apart.ts': [
    [
      'each write is a transaction of its own',
      ["  db.exec('BEGIN IMMEDIATE')\n", ''],
      ["  db.exec('COMMIT')\n", ''],
    ],
    [
      'the offset is written behind the commit',
      [
        "  mayDie()\n  advance(db)\n  db.exec('COMMIT')\n",
        "  db.exec('COMMIT')\n  mayDie()\n  advance(db)\n",
      ],
    ],
  ],
  '05-poison-message.ts': [
    [
      'only the message is parked, not its key',
      ['if (isParked(message.key)) park(message)\n    else if', 'if'],
    ],
    ['the redrive takes the newest first', ['ORDER BY at', 'ORDER BY at DESC']],
    ['there is no end of attempts', ['[1, 2, 3].some', 'Array.from({ length: 1000 }).some']],
  ],
  '06-timeout-is-not-failure.ts': [
    [
      'each try has a key of its own',
      ["const key = (): string => 'o-1/payment'", 'const key = (): string => randomUUID()'],
    ],
    ['giving up voids nothing', ['giveUp(key, true)', 'giveUp(key, false)']],
    ['the gateway forgets what was voided', ['else if (!this.voided.has(key)) this', 'else this']],
  ],
  '07-compensation-overtakes.ts': [
    [
      'a release remembers only what it found',
      ['if (this.remembers)', 'if (this.remembers && changes === 1)'],
    ],
    ['a release remembers nothing', ['if (this.remembers) this.accept()', '']],
  ],
  '08-renamed-field.ts': [
    ['the first upcaster is gone', ["1: ({ buyer = '', ...rest }) => ({ ...rest, customerId: buyer }),", '']],
    [
      'a newer version is passed over',
      ['if (version > release.knows && release.waitsForNewer) return checkpoint', ''],
    ],
    [
      'the checkpoint moves past what waits',
      [
        'if (version > release.knows && release.waitsForNewer) return checkpoint',
        'if (version > release.knows && release.waitsForNewer) return Number(row.position)',
      ],
    ],
  ],
  '09-oversell.ts': [
    ['nothing is expected', ['shelf.append(-1, version)', 'shelf.append(-1)']],
    [
      'the version is read again at the append',
      ['shelf.append(-1, version)', 'shelf.append(-1, shelf.read().version)'],
    ],
  ],
  '10-wrong-key.ts': [
    [
      'the key is the message',
      ["mended: () => tell(run(byOrder, 'none')", "mended: () => tell(run(byMessage, 'none')"],
    ],
    ['nothing is drained', ["if (growth === 'after the drain') yield () => topic.unread() === 0", '']],
  ],
  '11-redrive.ts': [
    ['arrivals do not ask', ['if (this.head() === undefined) return', 'if (message > 0) return']],
    [
      'the key is free with its first message',
      [
        "'DELETE FROM parked WHERE at = ?').run(Number(row.at))",
        "'DELETE FROM parked WHERE at >= ?').run(Number(row.at))",
      ],
    ],
    ['arrivals are taken first', ['ORDER BY at LIMIT 1', 'ORDER BY at DESC LIMIT 1']],
  ],
  '12-id-made-in-handler.ts': [
    ['each try has an id of its own', ['`${id}/send-parcel`', '`${id}/${randomUUID()}`']],
    [
      'the order is taken for the cause',
      ['byCause: ({ id }) => `${id}/send-parcel`', 'byCause: ({ order }) => `${order}/send-parcel`'],
    ],
  ],
}
