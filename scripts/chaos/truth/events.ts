const SAGA = 'eventwright.saga.'

export const SAGA_STARTED: string = `${SAGA}Started`
export const SAGA_ENDED: string = `${SAGA}Ended`
export const SAGA_COMMAND_SENT: string = `${SAGA}CommandSent`
export const COMMAND_HANDLED = 'eventwright.CommandHandled'
/** Only the saga and the relay read them. */
export const TECHNICAL = 'eventwright.'
