import { projection } from './projection-shape.ts'
import { saga, sagaNode } from './saga-shape.ts'
import { scenario } from './scenario-shape.ts'
import { service } from './service-shape.ts'
import type { Shape } from './shape.ts'
import {
  by,
  either,
  fieldType,
  json,
  key,
  listOf,
  map,
  must,
  oneOrList,
  payloadKeys,
  refer,
  text,
} from './words.ts'

const type = map({
  ...payloadKeys,
  example: key(json, 'What scenarios use where they say nothing.'),
  doc: key(text, 'What it means.'),
})

/** Shapes that refer to themselves or are used in several places. */
export const SHAPES: { readonly [name: string]: Shape } = {
  steps: listOf(sagaNode),
  payload: either(
    refer('type'),
    listOf(either(refer('type'), by('field', fieldType))),
    by('field', fieldType),
  ),
}

/** The whole file. */
export const FLOW_SHAPE: Shape = map({
  eventwright: must({ is: 'integer', minimum: 1 }, 'The version of the file format: 1.'),
  name: key(text, 'The name of the flow.'),
  namespace: key(text, 'The prefix of event types on the wire, such as com.example.shop.'),
  doc: key(text, 'What the system is for.'),
  import: key(oneOrList(text), 'Other flow files, merged into this one before names are resolved.'),
  types: key(by('type', type), 'Named types of fields and payloads.'),
  services: key(by('service', service), 'Services with their aggregates.'),
  sagas: key(by('saga', saga), 'Processes across aggregates.'),
  projections: key(by('projection', projection), 'Read models.'),
  scenarios: key(by('free', scenario), 'Stories that are run.'),
})
