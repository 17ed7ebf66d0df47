import type { CommitNews } from '../commit-news.ts'

/** A payload has fewer than 8000 bytes; one that does not say what was changed stands for anything. */
const LONGEST = 4_000
const EVENTS = 'e'
const TIMERS = 't'

/** The payload of a notice: who sends it, what was changed, of which schema. A schema's name may hold spaces. */
export function noticeOf(sender: string, schema: string, news: CommitNews | undefined): string {
  const changed = news === undefined ? '' : changedText(news)
  return changed === '' || changed.length > LONGEST ? `${sender} ${schema}` : `${sender} ${changed} ${schema}`
}

function changedText({ events, timers, collections }: CommitNews): string {
  const kinds = `${events ? EVENTS : ''}${timers ? TIMERS : ''}`
  return [kinds, ...[...collections].map(encodeURIComponent)].join(',') || ','
}

/** What a notice of this schema says was changed; `undefined`: anything. */
export function newsOfNotice(payload: string, schema: string): CommitNews | undefined {
  const [, changed] = payload.slice(0, payload.length - schema.length - 1).split(' ')
  if (changed === undefined) return undefined
  const [kinds = '', ...collections] = changed.split(',')
  return {
    events: kinds.includes(EVENTS),
    timers: kinds.includes(TIMERS),
    collections: new Set(collections.filter((name) => name !== '').map(decodeURIComponent)),
  }
}
