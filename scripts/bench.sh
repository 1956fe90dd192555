#!/usr/bin/env bash
# The benchmarks, each beside its baseline of the same run, in a database of their own on this clone's PostgreSQL.
# Arguments go to the program: scripts/bench.sh --only list,order --rounds 5 --seconds 10
# Lists and dashboards by size are measured only when asked for: scripts/bench.sh --only depth --items 8200000,50000000
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/services/postgres.sh
. "$(dirname "$0")/services/postgres.sh"
cd "$STOA_ROOT"

readonly home="$LOCAL_DIR/bench" database=stoa_bench stoa="$STOA_TARGET/dist/stoa"
redis=""

"$STOA_ROOT/scripts/services.sh" start
load_local_env
[ "$DATABASE_URL" = "${LOCAL_DATABASE_URL:-}" ] ||
    die "the benchmarks read the CPU time and the log of PostgreSQL, so they need this clone's own: unset DATABASE_URL"
[ "${STOA_BENCH_BUILD:-yes}" = no ] || "$STOA_ROOT/scripts/build.sh" --dist
cargo build --profile dist -p bench

# Sets PG_BIN and PG_SOCKET.
CLONE_ID=$(printf %s "$STOA_ROOT" | sha256sum | cut -c 1-12)
postgres_paths
PG_PORT=$(cat "$LOCAL_DIR/postgres.port")
admin=("$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$PG_SOCKET" -p "$PG_PORT" -U postgres)
if is_root; then admin=(runuser -u postgres -- "${admin[@]}"); fi

drop_database() { (cd / && "${admin[@]}" -d postgres -c 'SET client_min_messages = warning' -c "DROP DATABASE IF EXISTS $database WITH (FORCE)"); }

# Ten thousand listeners are as many connections, on both ends.
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"

exec 7>"$LOCAL_DIR/bench.lock"
flock -n 7 || die "the benchmarks run already in this clone; two at once would disturb each other"
finish() {
    if [ -n "$redis" ]; then
        kill "$redis" 2>/dev/null || true
        wait "$redis" 2>/dev/null || true
    fi
    drop_database || true
    rm -f "$home"/*.copy "$home/orders.jsonl"
}
trap finish EXIT

rm -rf "$home"
mkdir -p "$home/data" "$home/redis"
drop_database
(cd / && "${admin[@]}" -d postgres -c "CREATE DATABASE $database OWNER stoa_owner")
DATABASE_URL=$(in_database "$DATABASE_URL" "$database")
MIGRATION_DATABASE_URL=$(in_database "$MIGRATION_DATABASE_URL" "$database")
redis_port=$(free_port)
redis-server --bind 127.0.0.1 --port "$redis_port" --dir "$home/redis" --save '' >"$home/redis/redis.log" 7>&- &
redis=$!
REDIS_URL="redis://127.0.0.1:$redis_port"
STOA_DATA_DIR="$home/data"
STOA_DEMO=false
unset LOCAL_ENV_FILE LOCAL_DATABASE_URL LOCAL_REDIS_URL STOA_LOG STOA_LOG_DIR STOA_WORKER
export REDIS_URL STOA_DATA_DIR STOA_DEMO

say "Benchmarks (about four minutes); what they wrote is in .local/bench"
"$stoa" migrate >"$home/stoa.log" 2>&1 || { cat "$home/stoa.log" >&2; die "stoa migrate failed"; }
"$STOA_TARGET/dist/bench" run --stoa "$stoa" --home "$home" --port "$(free_port)" --bare-port "$(free_port)" \
    --pgbench "$PG_BIN/pgbench" --server-log "$PG_HOME/server.log" "$@" -- "${admin[@]}" -d "$database"
