import { pascal, plural, singular, suggestedName } from './names.ts'

/** What TypeScript means by these names already. */
const GLOBAL = new Set(
  'Array Boolean Date Error Event Function Map Number Object Promise Record Set String Symbol'.split(' '),
)

/** A small flow for a service that begins from nothing: an aggregate, a read model and what must hold of them. */
export function freshFlow(name: string): string {
  const word = singular(name)
  const plain = pascal(word)
  const thing = GLOBAL.has(plain) ? `${plain}Item` : plain
  const id = `${thing.charAt(0).toLowerCase()}${thing.slice(1)}Id`
  const many = plural(word.replaceAll('-', ' '))
  return `# yaml-language-server: $schema=./.eventwright/flow.schema.json
#
# The service ${name}, from which src/generated and the first tests were made. Change it, then:
#
#   npm run check     finds design errors
#   npm run update    brings the code in step; what you wrote stays as it is
eventwright: 1
name: ${name}
namespace: com.example.${suggestedName(name).replaceAll('-', '')}

types:
  Id: { schema: { type: string, minLength: 1 }, example: a-1 }
  Title: { schema: { type: string, minLength: 1, maxLength: 200 }, example: first }

services:
  ${name}:
    topic: ${name}.events # its events go there, keyed by the id
    aggregates:
      ${thing}:
        id: { ${id}: Id }
        final: archived
        commands:
          Create${thing}: { by: user, in: none, data: { title: Title }, emit: ${thing}Created }
          Rename${thing}:
            by: user
            in: active
            data: { title: Title }
            require: { SameTitle: cmd.title != state.title } # the first condition that fails refuses by its name
            emit: ${thing}Renamed
          Archive${thing}: { by: user, in: active, ignore: archived, emit: ${thing}Archived }
        events:
          ${thing}Created: { to: active, data: { title: Title } }
          ${thing}Renamed: { to: active, data: { title: Title } }
          ${thing}Archived: { to: archived }

projections:
  ${thing}Overview:
    doc: All ${many}, as a list shows them.
    key: ${id}
    fields: { title: Title, status: [active, archived] }
    on:
      ${thing}Created: { set: { status: active } }
      ${thing}Renamed: { set: { status: active } }
      ${thing}Archived: { set: { status: archived } }

scenarios:
  one is created, renamed and archived:
    when: [Create${thing}, Rename${thing}: { title: second }, Archive${thing}]
    then:
      events: [${thing}Created, ${thing}Renamed: { title: second }, ${thing}Archived]
      projections: { ${thing}Overview: { a-1: { title: second, status: archived } } }

  the same command twice creates one:
    when: [{ Create${thing}: {}, id: click-1, times: 2 }]
    then: { events: [${thing}Created] }

  a new title that is the old one is refused:
    given: [${thing}Created]
    when: [Rename${thing}: { title: first }]
    then: { refusals: [Rename${thing}: SameTitle] }

  what is archived stays archived:
    given: [${thing}Created, ${thing}Archived]
    when: [Archive${thing}, Rename${thing}: { title: second }]
    then: { refusals: [Rename${thing}: WrongState] }
`
}
