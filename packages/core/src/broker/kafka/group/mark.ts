/** What is kept beside an offset that a group has committed. */
export interface Mark {
  /** Of who came so far; 0 where somebody else committed. */
  readonly token: number
  /** Of which topic: one that is made anew under the same name is another. Not known where somebody else committed. */
  readonly topicId?: string
}

export function markText({ token, topicId }: Mark): string {
  return topicId === undefined ? `token=${token}` : `token=${token} topic=${topicId}`
}

/** Who else commits in this group leaves none. */
export function markIn(text: string | null | undefined): Mark {
  const [, token, topicId] = /^token=(\d{1,15})(?: topic=([\w-]+))?$/.exec(text ?? '') ?? []
  return { token: Number(token ?? 0), ...(topicId === undefined ? {} : { topicId }) }
}
