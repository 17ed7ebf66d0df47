import { Client, type ClientConfig } from 'pg'

/**
 * Ends its connection where it fails on this side, as where a password is wanted and none is there. `pg` leaves such
 * a socket open, and with it the process, until the server tires of it:
 * https://github.com/brianc/node-postgres/issues/2907
 */
export class EndingClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config)
    this.connection.on('error', () => this.connection.stream.destroy())
  }
}
