/** Nothing of the flush was written, since another transaction holds or has just changed what it needs: it may be tried again. */
export class Contended extends Error {
  override readonly name = 'Contended'
}
