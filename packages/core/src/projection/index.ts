export * from './builder.ts'
export { type CaughtUpOptions, caughtUp } from './caught-up.ts'
export { projectionComponent } from './component.ts'
export { checkpointOf, collectionsOf, type ProjectionDefinition, type ProjectionTx } from './definition.ts'
export {
  ForeignCollection,
  ForeignDocument,
  HandlerFailure,
  InvalidProjection,
  NotCaughtUp,
  type ProjectionFault,
  ProjectionFaulted,
  ProjectionNotBuilt,
} from './errors.ts'
export { type InlineWriter, inlineWriter } from './inline-writer.ts'
export { establish, liveVersion } from './live.ts'
export { type LiveProjection, livePosition, liveProjection } from './live-view.ts'
export { type ReadModelOptions, readModel } from './reader.ts'
export { type Rebuild, rebuildProjection } from './rebuild.ts'
export type { ProjectionSettings } from './settings.ts'
