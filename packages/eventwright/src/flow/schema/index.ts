export { namesOf } from './flow-names.ts'
export { type KnownNames, schemaOfFlowFile } from './json-schema.ts'
export { type KeyReference, keyReference } from './key-reference.ts'
export { SCHEMA_PATH, writeFlowSchema } from './write.ts'
