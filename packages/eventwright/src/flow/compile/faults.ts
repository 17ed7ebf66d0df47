/**
 * Told what an expression or a `decide:` file threw, and whose it was, where that is known. The runtime tries again
 * later, as it does after any failure; whoever runs scenarios wants to know at once.
 */
export type OnFault = (error: unknown, tenant?: string) => void

/** Hears of one tenant's faults: in a store that is kept, what others left there is tried again too. */
export function faultsOf(tenant: string, tell: (error: unknown) => void): OnFault {
  return (error, whose = tenant) => {
    if (whose === tenant) tell(error)
  }
}

/** `work`, whose errors are told before they go on; `tenantOf` says of what is given whose it is. */
export function reporting<Given extends readonly unknown[], Result>(
  onFault: OnFault,
  tenantOf: (...given: Given) => string | undefined,
  work: (...given: Given) => Result,
): (...given: Given) => Result {
  return (...given) => {
    try {
      return work(...given)
    } catch (error) {
      onFault(error, tenantOf(...given))
      throw error
    }
  }
}
