import { aggregateMutants } from './aggregate.mjs'
import { brokerMutants } from './broker.mjs'
import { deliveryMutants } from './delivery.mjs'
import { kafkaMutants } from './kafka.mjs'
import { postgresMutants } from './postgres.mjs'
import { postgresDatabaseMutants } from './postgres-database.mjs'
import { projectionMutants } from './projection.mjs'
import { runnerMutants } from './runner.mjs'
import { sagaMutants } from './saga.mjs'
import { storeMutants } from './store.mjs'

/** @type {readonly import('../mutant.mjs').Mutant[]} */
export const mutants = [
  ...storeMutants,
  ...postgresMutants,
  ...postgresDatabaseMutants,
  ...brokerMutants,
  ...kafkaMutants,
  ...aggregateMutants,
  ...deliveryMutants,
  ...sagaMutants,
  ...projectionMutants,
  ...runnerMutants,
]
