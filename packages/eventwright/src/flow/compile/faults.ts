/**
 * Told what an expression or a `decide:` file threw. The runtime tries again later, as it does after any failure;
 * whoever runs scenarios wants to know at once.
 */
export type OnFault = (error: unknown) => void

/** `work`, whose errors are told before they go on. */
export function reporting<Given extends readonly unknown[], Result>(
  onFault: OnFault,
  work: (...given: Given) => Result,
): (...given: Given) => Result {
  return (...given) => {
    try {
      return work(...given)
    } catch (error) {
      onFault(error)
      throw error
    }
  }
}
