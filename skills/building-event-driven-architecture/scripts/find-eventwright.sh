# shellcheck shell=bash
# Sourced by the scripts of this skill. Gives them the command `eventwright`, wherever it is:
#
#   . "$SKILL/scripts/find-eventwright.sh"
#   find_eventwright || exit $?
#   eventwright --version
#
# It looks, in this order, for: node_modules/.bin/eventwright of the nearest project (from the current folder
# upward), `eventwright` on PATH, the file eventwright.mjs beside this one, and `npx eventwright@VERSION`.
# EVENTWRIGHT_FOUND says which it was. It needs Node 24 or newer; a project's own (npm package `node`) counts.

# The version that `npx` fetches.
EVENTWRIGHT_VERSION='0.1.0'
# What `eventwright` runs: a path, or `npx eventwright@VERSION`. Empty before `find_eventwright`.
EVENTWRIGHT_FOUND=''
# Where it was found: project, PATH, bundled, npx.
EVENTWRIGHT_FROM=''
# The folder that is put before PATH where the command runs, so that it starts on a new enough Node.
EVENTWRIGHT_NODE_FOLDER=''
EVENTWRIGHT_SCRIPTS="$(CDPATH="" cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"

# Finds the command and a Node for it. On failure it says why on standard error and returns 4.
find_eventwright() {
  [ -z "$EVENTWRIGHT_FOUND" ] || return 0
  find_node_for_eventwright || return $?
  local found
  if found="$(in_a_project_above eventwright)"; then
    EVENTWRIGHT_FROM=project EVENTWRIGHT_FOUND="$found"
  elif found="$(type -P eventwright)"; then
    EVENTWRIGHT_FROM=PATH EVENTWRIGHT_FOUND="$found"
  elif [ -f "$EVENTWRIGHT_SCRIPTS/eventwright.mjs" ]; then
    EVENTWRIGHT_FROM=bundled EVENTWRIGHT_FOUND="$EVENTWRIGHT_SCRIPTS/eventwright.mjs"
  elif type -P npx >/dev/null; then
    EVENTWRIGHT_FROM=npx EVENTWRIGHT_FOUND="npx eventwright@$EVENTWRIGHT_VERSION"
  else
    echo "There is no command eventwright: not in node_modules, not on PATH, not beside $EVENTWRIGHT_SCRIPTS, and no npx to fetch it." >&2
    echo "Install it in the project: npm install --save-dev eventwright" >&2
    return 4
  fi
}

# Runs the command with these arguments, and returns its exit code.
eventwright() {
  find_eventwright || return $?
  local path="${EVENTWRIGHT_NODE_FOLDER:+$EVENTWRIGHT_NODE_FOLDER:}$PATH"
  case "$EVENTWRIGHT_FROM" in
    bundled) PATH="$path" node "$EVENTWRIGHT_FOUND" "$@" ;;
    npx) PATH="$path" npx --yes "eventwright@$EVENTWRIGHT_VERSION" "$@" ;;
    *) PATH="$path" "$EVENTWRIGHT_FOUND" "$@" ;;
  esac
}

find_node_for_eventwright() {
  local found
  if found="$(in_a_project_above node)" && is_node_24 "$found"; then
    EVENTWRIGHT_NODE_FOLDER="$(dirname "$found")"
    return 0
  fi
  found="$(type -P node)" || {
    echo 'eventwright needs Node 24 or newer, and there is no node on PATH. Install it: https://nodejs.org' >&2
    return 4
  }
  is_node_24 "$found" && return 0
  echo "eventwright needs Node 24 or newer; $found is $("$found" --version 2>/dev/null). Install it, or npm's package node." >&2
  return 4
}

is_node_24() {
  local version
  version="$("$1" --version 2>/dev/null)" || return 1
  version="${version#v}"
  case "${version%%.*}" in
    '' | *[!0-9]*) return 1 ;;
  esac
  [ "${version%%.*}" -ge 24 ]
}

# Prints node_modules/.bin/NAME of the nearest folder, from the current one upward, that has it.
in_a_project_above() {
  local folder="$PWD"
  while :; do
    if [ -f "${folder%/}/node_modules/.bin/$1" ] && [ -x "${folder%/}/node_modules/.bin/$1" ]; then
      printf '%s\n' "${folder%/}/node_modules/.bin/$1"
      return 0
    fi
    [ -n "$folder" ] && [ "$folder" != / ] || return 1
    folder="$(dirname "$folder")"
  done
}
