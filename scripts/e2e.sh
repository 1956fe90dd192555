#!/usr/bin/env bash
# The browser tests against a release build with its own fresh database, Redis and port.
# It builds nothing. Arguments go to Playwright: scripts/e2e.sh tests/orders.spec.ts --grep refunded --headed
# scripts/e2e.sh --screenshots makes the pictures in docs/images instead.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$STOA_ROOT"
umask 077
load_local_env

readonly home="$LOCAL_DIR/e2e" database=stoa_e2e stoa="$STOA_TARGET/release/stoa"
server="" redis=""
[ -x "$stoa" ] || die "there is no release build yet. Run: make build"

stop() {
    local pid
    for pid in $server $redis; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}
trap stop EXIT

rm -rf "$home"
mkdir -p "$home/data" "$home/redis"

use_fresh_database "$database"

if have redis-server; then
    redis_port=$(free_port)
    redis-server --bind 127.0.0.1 --port "$redis_port" --dir "$home/redis" --save '' >"$home/redis/redis.log" &
    redis=$!
    REDIS_URL="redis://127.0.0.1:$redis_port"
fi

port=$(free_port)
STOA_ADDR="127.0.0.1:$port"
STOA_PUBLIC_URL="http://$STOA_ADDR"
BASE_URL="$STOA_PUBLIC_URL"
STOA_DATA_DIR="$home/data"
STOA_DEMO=true
CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
unset LOCAL_ENV_FILE LOCAL_DATABASE_URL LOCAL_REDIS_URL STOA_LOG_DIR
STOA_BIN="$stoa"
export BASE_URL CHROMIUM REDIS_URL STOA_BIN STOA_DATA_DIR STOA_DEMO

say "Browser tests: database $database, server on $BASE_URL, its log in .local/e2e/server.log"
"$stoa" migrate >"$home/server.log" 2>&1 || { cat "$home/server.log" >&2; die "stoa migrate failed"; }
"$stoa" seed >>"$home/server.log" 2>&1 || { tail -n 20 "$home/server.log" >&2; die "stoa seed failed"; }
"$stoa" serve >>"$home/server.log" 2>&1 &
server=$!
wait_for_server "$server" "$port" "$home/server.log"

if [ "${1:-}" = --screenshots ]; then
    node scripts/screenshots.mjs </dev/null
else
    playwright test -c end2end "$@" </dev/null
fi
