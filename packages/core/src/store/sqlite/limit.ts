/**
 * Bounds a statement by its last value. SQLite looks at the value of a bare `LIMIT ?` when it plans, and so
 * plans again at every call: ten times the cost of a short read. It does not look into an expression.
 */
export const LIMIT = 'LIMIT ? + 0'
