import type { Shape } from './shape.ts'
import { by, byRef, cel, celMap, either, fieldType, key, keyShape, map, must, text, yes } from './words.ts'

/** A projection. */
export const projection: Shape = map({
  key: must(keyShape, "The field that holds the row's key, or a map from event to field where they differ."),
  fields: must(by('field', fieldType), 'The fields of a row.'),
  on: must(
    byRef(
      'event',
      either(
        map({
          set: key(celMap, 'Fields to set, beside those copied from the event under the same name.'),
          add: key(celMap, 'Numbers to add; a missing field counts as 0.'),
          when: key(cel, 'Only where this holds, in CEL over `event` and `row`.'),
          delete: key(yes, 'Deletes the row.'),
        }),
      ),
    ),
    'What each event does to its row.',
  ),
  doc: key(text, 'Whom it serves.'),
})
