#!/usr/bin/env bash
# Checks events in files against the envelope's schema and the schemas of their payloads. --help says how.
set -u

SKILL="$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck disable=SC1091 source-path=SCRIPTDIR source=../scripts/find-eventwright.sh
. "$SKILL/scripts/find-eventwright.sh"

ENVELOPE="$SKILL/validators/event-schema.json"

help() {
  cat <<'HELP'
Usage: validate-events.sh [options] FILE|FOLDER|GLOB|-...

Checks events (CloudEvents 1.0 in JSON) and fails on the first wrong one of any kind, with its place
(file:line:column), the reason, and how to mend it.

  FILE    one object, a list, one a line (NDJSON), or YAML with any number of documents; packed with gzip or not
  FOLDER  its .json, .ndjson, .jsonl and .yaml files at any depth, packed or not
  GLOB    in quotes: 'exports/**/*.ndjson.gz'
  -       standard input

Options are those of `eventwright validate`; the most used:
  --schemas FOLDER   JSON Schemas by type: OrderPlaced.json, of older versions OrderPlaced.v1.json
  --catalog FILE     a catalog file: event types with their schemas
  --flow FILE        a flow file, for the schemas of its events
  --asyncapi FILE    an AsyncAPI file, for the payloads of its messages
  --envelope NAME    published (default), stored, or none
  --all              every finding, not only the first

Without one of the first four the schemas are looked for in the current folder: a single *.flow.yaml,
src/generated/schemas, generated/schemas, schemas, asyncapi.yaml. What is used is printed on standard error.
The envelope is held to validators/event-schema.json of this skill.

Exit codes: 0 good, 1 a wrong event, 2 a broken schema or flow file, 3 wrong use, 4 something cannot be read
(a file that is not there, a folder or glob without a match).

Examples:
  validate-events.sh events.ndjson
  validate-events.sh --flow shop.flow.yaml 'exports/**/*.ndjson.gz'
  tail -n 1000 events.ndjson | validate-events.sh --schemas ./schemas -
HELP
}

# Prints the option and the file that name the schemas of the current folder, one a line; nothing where there are none.
schemas_nearby() {
  local flows=0 flow='' place
  for place in ./*.flow.yaml ./*.flow.yml; do
    [ -f "$place" ] || continue
    flows=$((flows + 1))
    flow="$place"
  done
  if [ "$flows" -eq 1 ]; then
    printf '%s\n' --flow "$flow"
    return
  fi
  if [ -f src/generated/flow.yaml ]; then
    printf '%s\n' --flow ./src/generated/flow.yaml
    return
  fi
  for place in src/generated/schemas generated/schemas schemas; do
    [ -d "$place" ] || continue
    printf '%s\n' --schemas "./$place"
    return
  done
  for place in asyncapi.yaml asyncapi.yml asyncapi.json; do
    [ -f "$place" ] || continue
    printf '%s\n' --asyncapi "./$place"
    return
  done
}

named=no
fast=yes
# It always holds something: to expand an empty array is an error for `set -u` in old bash.
options=(validate)
for word in "$@"; do
  case "$word" in
    -h | --help)
      help
      exit 0
      ;;
    --all)
      fast=no
      continue
      ;;
    --schemas | --catalog | --flow | --asyncapi | --schemas=* | --catalog=* | --flow=* | --asyncapi=*) named=yes ;;
    --envelope-schema | --envelope-schema=*) ENVELOPE='' ;;
  esac
  options[${#options[@]}]="$word"
done
if [ ${#options[@]} -eq 1 ]; then
  help >&2
  exit 3
fi

set -- "${options[@]}"
shift
if [ "$fast" = yes ]; then set -- --fast "$@"; fi
if [ -n "$ENVELOPE" ]; then set -- --envelope-schema "$ENVELOPE" "$@"; fi
if [ "$named" = no ]; then
  nearby="$(schemas_nearby)"
  if [ -n "$nearby" ]; then
    option="${nearby%%
*}"
    place="${nearby#*
}"
    echo "Payloads by $option $place, found here; name others with --schemas, --catalog, --flow or --asyncapi." >&2
    set -- "$option" "$place" "$@"
  fi
fi

find_eventwright || exit $?
echo "Checked by $EVENTWRIGHT_FOUND ($EVENTWRIGHT_FROM)." >&2
eventwright validate "$@"
