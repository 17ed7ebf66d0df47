/** Checks a payload and gives it back, as the schema leaves it. `subject` names the event or command in errors. @throws InvalidPayload */
export type PayloadCheck = (data: unknown, subject: string) => unknown

/** The two checks of one schema: closed for producers, open for consumers. */
export interface PayloadChecks {
  /** Nothing that the schema does not know. */
  readonly closed: PayloadCheck
  /** What the schema does not know passes. */
  readonly open: PayloadCheck
}
