import { sqlite } from '@eventwright/core/sqlite'
import { openSide } from '../eventwright.mjs'

/** @param {string} file */
export const open = (file) => openSide(sqlite(file))
