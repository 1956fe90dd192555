#!/usr/bin/env bash
# PostgreSQL and Redis for this clone: services.sh start|stop|status.
#
# DATABASE_URL and REDIS_URL of the caller are used as they are. Where one is missing, a private server is started
# under .local/ on a free port of 127.0.0.1. `start` may be run at any time; it writes .local/env, which tells the
# binary and any shell (`set -a; . .local/env`) where everything is.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
# shellcheck source=scripts/services/postgres.sh
. "$here/services/postgres.sh"
# shellcheck source=scripts/services/redis.sh
. "$here/services/redis.sh"

CLONE_ID=$(printf %s "$STOA_ROOT" | sha256sum | cut -c 1-12)

# A shell that has read a .local/env must not make its values look like the caller's own wishes.
forget_own_values() {
    local line key
    if [ "${DATABASE_URL:-}" = "${LOCAL_DATABASE_URL:-}" ]; then unset DATABASE_URL MIGRATION_DATABASE_URL; fi
    if [ "${REDIS_URL:-}" = "${LOCAL_REDIS_URL:-}" ]; then unset REDIS_URL; fi
    [ -r "${LOCAL_ENV_FILE:-}" ] || return 0
    while IFS= read -r line; do
        key="${line%%=*}"
        if [ "${!key:-}" = "${line#*=}" ] && [[ "$key" == STOA_* || "$key" == *_URL ]]; then unset "$key"; fi
    done <"$LOCAL_ENV_FILE"
}

# Made once; every start uses the same.
load_secrets() {
    local file="$LOCAL_DIR/secret"
    if [ ! -s "$file" ]; then
        printf '%s=%s\n' OWNER_PASSWORD "$(random_hex 16)" APP_PASSWORD "$(random_hex 16)" \
            REDIS_PASSWORD "$(random_hex 16)" COOKIE_SECRET "$(random_hex 32)" >"$file"
    fi
    # shellcheck source=/dev/null
    . "$file"
}

start() {
    local database_url migration_url redis_url local_lines=""
    if [ -z "${DATABASE_URL:-}" ]; then
        postgres_start
        database_url="postgres://stoa_app:$APP_PASSWORD@127.0.0.1:$PG_PORT/stoa"
        migration_url="postgres://stoa_owner:$OWNER_PASSWORD@127.0.0.1:$PG_PORT/stoa"
        local_lines+="LOCAL_DATABASE_URL=$database_url"$'\n'
    else
        database_url="$DATABASE_URL"
        migration_url="${MIGRATION_DATABASE_URL:-$DATABASE_URL}"
    fi
    if [ -z "${REDIS_URL:-}" ]; then
        redis_start
        redis_url="redis://default:$REDIS_PASSWORD@127.0.0.1:$REDIS_PORT"
        local_lines+="LOCAL_REDIS_URL=$redis_url"$'\n'
    else
        redis_url="$REDIS_URL"
    fi
    write_env "$database_url" "$migration_url" "$redis_url" "$local_lines"
}

# One KEY=VALUE a line, quoted only where a shell needs it.
write_env() {
    local address="${STOA_ADDR:-127.0.0.1:3000}"
    {
        line DATABASE_URL "$1"
        line MIGRATION_DATABASE_URL "$2"
        line REDIS_URL "$3"
        line STOA_ADDR "$address"
        line STOA_PUBLIC_URL "${STOA_PUBLIC_URL:-http://${address/#0.0.0.0:/127.0.0.1:}}"
        line STOA_SECRET "${STOA_SECRET:-$COOKIE_SECRET}"
        line STOA_DATA_DIR "${STOA_DATA_DIR:-$LOCAL_DIR/data}"
        line STOA_DEMO "${STOA_DEMO:-true}"
        line LEPTOS_OUTPUT_NAME "$LEPTOS_OUTPUT_NAME"
        line LEPTOS_SITE_ROOT "$LEPTOS_SITE_ROOT"
        line LEPTOS_SITE_PKG_DIR "$LEPTOS_SITE_PKG_DIR"
        line LEPTOS_HASH_FILES true
        line LOCAL_ENV_FILE "$LOCAL_DIR/env"
        printf %s "$4"
    } >"$LOCAL_DIR/env.new"
    mv "$LOCAL_DIR/env.new" "$LOCAL_DIR/env"
    mkdir -p "${STOA_DATA_DIR:-$LOCAL_DIR/data}"
}

line() {
    if [[ "$2" =~ ^[A-Za-z0-9_./:@%+,=-]*$ ]]; then
        printf '%s=%s\n' "$1" "$2"
    else
        printf "%s='%s'\n" "$1" "${2//\'/\'\\\'\'}"
    fi
}

status() {
    if postgres_runs; then note "PostgreSQL: runs on port $(cat "$LOCAL_DIR/postgres.port"), files in $PG_HOME"; else note "PostgreSQL: no private server"; fi
    if redis_runs; then note "Redis: runs on port $(cat "$LOCAL_DIR/redis.port")"; else note "Redis: no private server"; fi
}

umask 077
forget_own_values
mkdir -p "$LOCAL_DIR"
chmod 711 "$LOCAL_DIR"
exec 9>"$LOCAL_DIR/lock"
flock 9
load_secrets
postgres_paths
case "${1:-}" in
    start) start && status ;;
    stop) postgres_stop && redis_stop ;;
    status) status ;;
    destroy) postgres_stop && redis_stop && rm -rf "$PG_HOME" "$PG_SOCKET" ;;
    *) die "use: $0 start|stop|status|destroy (destroy removes the private databases for good)" ;;
esac
