/**
 * Runs one statement with `$1` values in the transaction that is open on it, and gives its rows. A `pg` client is one;
 * so is TypeORM's query runner. For others:
 *
 * @example
 * // Drizzle
 * store.join({ query: (text, values) => tx.execute(sql(...template(text, values))) }, work)
 * // Kysely
 * store.join({ query: (text, values) => trx.executeQuery(CompiledQuery.raw(text, values)) }, work)
 * // Prisma
 * store.join({ query: (text, values) => tx.$queryRawUnsafe<unknown[]>(text, ...values) }, work)
 */
export interface JoinClient {
  query(text: string, values: unknown[]): PromiseLike<JoinRows>
}

/** Rows, or an object that holds them. */
export type JoinRows = readonly unknown[] | { readonly rows: readonly unknown[] }
