#!/usr/bin/env bash
# The API against its own document: schemathesis sends what the document allows, and what it does not, to a server with a
# database of its own. About a minute; STOA_TORTURE=1 takes ten. Arguments go to schemathesis.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$STOA_ROOT"
umask 077
load_local_env

readonly home="$LOCAL_DIR/conformance" database=stoa_conformance stoa="${STOA_BIN:-$STOA_TARGET/release/stoa}"
readonly schemathesis="$STOA_CACHE/schemathesis/bin/schemathesis"
server=""
[ -x "$stoa" ] || die "there is no release build yet. Run: make build"
[ -x "$schemathesis" ] || die "schemathesis is not installed. Run: make setup"

stop() {
    [ -n "$server" ] || return 0
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
}
trap stop EXIT

rm -rf "$home"
mkdir -p "$home/data" "$home/site"
use_fresh_database "$database"
port=$(free_port)
STOA_ADDR="127.0.0.1:$port"
STOA_PUBLIC_URL="http://$STOA_ADDR"
STOA_DATA_DIR="$home/data"
STOA_DEMO=false
unset REDIS_URL LOCAL_ENV_FILE LOCAL_DATABASE_URL LOCAL_REDIS_URL STOA_LOG_DIR
export STOA_DATA_DIR STOA_DEMO STOA_CONFORMANCE_STORE=north

say "API conformance: database $database, server on $STOA_PUBLIC_URL, its log in .local/conformance/server.log"
{
    "$stoa" migrate
    "$stoa" tenant create --slug shop --name Shop
    "$stoa" store create --tenant shop --slug north --name North --time-zone Europe/London --currency GBP
} >"$home/server.log" 2>&1 || { tail -n 20 "$home/server.log" >&2; die "the installation could not be made"; }
key=$("$stoa" api-key create --tenant shop --scopes orders:read,orders:write,reports:read,events:read 2>>"$home/server.log")
"$stoa" serve >>"$home/server.log" 2>&1 &
server=$!
wait_for_server "$server" "$port" "$home/server.log"

# The key is in a file: arguments are seen by every account of the machine.
{
    printf 'headers = { Authorization = "Bearer %s" }\n' "$key"
    cat schemathesis.toml
} >"$home/schemathesis.toml"
if [ -n "${STOA_TORTURE:-}" ]; then budget=(--max-time 600 --max-examples 2000); else budget=(--max-time 50 --max-examples 60); fi
# It keeps notes in the folder where it runs.
cd "$home"
PYTHONPATH="$STOA_ROOT/scripts/conformance" SCHEMATHESIS_HOOKS=hooks PYTHONDONTWRITEBYTECODE=1 \
    "$schemathesis" --config-file "$home/schemathesis.toml" run "$STOA_PUBLIC_URL/api/openapi.json" \
    --checks all "${budget[@]}" "$@"
! grep -E ' (ERROR|WARN) ' "$home/server.log" | grep -v 'not up to date' || die "the server logged errors; see $home/server.log"
