export { openPostgresStorage, type PostgresBrokerOptions, postgresBroker } from './postgres-broker.ts'
export { postgresBrokerMigrations } from './schema.ts'
