import { postgres } from '@eventwright/core/postgres'
import { openSide } from '../eventwright.mjs'

/** @param {string} url */
export const open = (url) => openSide(postgres(url))
