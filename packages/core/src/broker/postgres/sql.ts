/** Milliseconds since 1970 on the database's clock. */
export const NOW = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint'

/** Of the transaction that the statement is: after a power cut the messages come again, which they may. */
export const NEED_NOT_OUTLIVE_A_POWER_CUT = "set_config('synchronous_commit', 'off', true)"
