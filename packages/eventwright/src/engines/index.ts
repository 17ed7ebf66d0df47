/** Engines by URL, as the commands use them. */
export { placeName } from './place-name.ts'
export { enginesForRun, type RunEngines, type RunUrls } from './run-engines.ts'
export { isKafka, isPostgres, parameterOf } from './url.ts'
export { EngineGone, watchEngines } from './watch.ts'
