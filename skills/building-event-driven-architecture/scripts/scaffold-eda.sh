#!/usr/bin/env bash
# Makes a service, from nothing or from a flow file: a folder with everything in it, ready for `npm install`.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: scaffold-eda.sh NAME [--from FLOW] [--service SERVICE] [--into FOLDER] [OPTIONS]
       scaffold-eda.sh --update [FOLDER]

Makes a service: strict TypeScript on @eventwright/core, with HTTP, tests, Dockerfile and CI.

  scaffold-eda.sh orders                                           from nothing: a small flow is written with it
  scaffold-eda.sh orders --from shop.flow.yaml --service orders    one service of a flow
  scaffold-eda.sh shop --from shop.flow.yaml --into services       all services of a flow, one folder each
  scaffold-eda.sh --update services/shop/orders                    in step with its flow; what you wrote stays

Every option of `eventwright scaffold` is taken: --core, --streams, --dry-run, --json, --yes.
Exit codes: 0 good, 1 findings in the flow, 2 a broken flow, 3 usage, 4 something cannot be reached or written.
HELP
}

case "${1-}" in
  -h | --help)
    usage
    exit 0
    ;;
  '')
    usage >&2
    exit 3
    ;;
esac

here="$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck disable=SC1091 source-path=SCRIPTDIR source=find-eventwright.sh
. "$here/find-eventwright.sh"
eventwright scaffold "$@"
