import type { Tx } from '../store/index.ts'

/** What deciding a command needs of a unit of work. A consumer's handler has it too. */
export type CommandTx = Pick<Tx, 'append' | 'read' | 'commands' | 'documents' | 'now' | 'tenant' | 'log'>
