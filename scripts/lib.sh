# shellcheck shell=bash
# What every script shares: where things are, how to speak, how to find a port. Sourced, never run.

# shellcheck source=scripts/env.sh
STOA_ENV_LOCAL="${STOA_ENV_LOCAL:-no}" . "$(dirname "${BASH_SOURCE[0]}")/env.sh"
export LOCAL_DIR="$STOA_ROOT/.local"

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
note() { printf '   %s\n' "$*" >&2; }
# What must not be overlooked: the first argument as a title, the others below it.
warn() {
    printf '\n\033[1;31m== %s\033[0m\n' "$1" >&2
    shift
    if [ $# -gt 0 ]; then printf '   %s\n' "$@" >&2; fi
}
die() {
    printf '\nerror: %s\n' "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" = 0 ]; }

# Reads what the services wrote; from here on the caller talks to them.
load_local_env() {
    set -a
    # shellcheck source=/dev/null
    . "$LOCAL_DIR/env"
    set +a
}

random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

# The same server and role as in URL $1, but database $2.
in_database() { sed -E "s#^(postgres(ql)?://[^/]+)/[^?]*#\1/$2#" <<<"$1"; }

# psql as the owner of the tables. The address holds a password, and arguments are seen by every account of the machine:
# it goes by way of a service file.
in_owners_database() {
    local file status=0
    file=$(umask 077 && mktemp "$LOCAL_DIR/pg-service.XXXXXX")
    service_of "$MIGRATION_DATABASE_URL" >"$file"
    PGSERVICEFILE="$file" PGSERVICE=owner psql -X -q -v ON_ERROR_STOP=1 "$@" || status=$?
    rm -f "$file"
    return "$status"
}

# Makes database $1 anew; from here on the caller talks to it.
use_fresh_database() {
    in_owners_database -c 'SET client_min_messages = warning' \
        -c "DROP DATABASE IF EXISTS $1 WITH (FORCE)" -c "CREATE DATABASE $1"
    DATABASE_URL=$(in_database "$DATABASE_URL" "$1")
    MIGRATION_DATABASE_URL=$(in_database "$MIGRATION_DATABASE_URL" "$1")
}

# URL $1 as the section `owner` of a service file.
service_of() {
    local rest="${1#*://}" login="" address name query="" pair
    if [[ "$rest" == *\?* ]]; then query="${rest#*\?}" rest="${rest%%\?*}"; fi
    name="${rest#*/}" rest="${rest%%/*}"
    address="${rest##*@}"
    if [[ "$rest" == *@* ]]; then login="${rest%@*}"; fi
    printf '[owner]\ndbname=%s\n' "$(decoded "$name")"
    if [[ "$address" =~ ^(.*):([0-9]+)$ ]]; then printf 'port=%s\n' "${BASH_REMATCH[2]}" && address="${BASH_REMATCH[1]}"; fi
    if [ -n "$address" ]; then address="${address#[}" && printf 'host=%s\n' "$(decoded "${address%]}")"; fi
    if [ -n "$login" ]; then printf 'user=%s\n' "$(decoded "${login%%:*}")"; fi
    if [[ "$login" == *:* ]]; then printf 'password=%s\n' "$(decoded "${login#*:}")"; fi
    for pair in ${query//&/ }; do printf '%s=%s\n' "${pair%%=*}" "$(decoded "${pair#*=}")"; done
}

# Percent-encoded text $1, decoded.
decoded() { printf '%b' "${1//%/\\x}"; }

# Below the ports that the kernel hands out by itself.
port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
free_port() {
    local port
    while :; do
        port=$((15000 + RANDOM % 15000))
        port_is_taken "$port" || break
    done
    echo "$port"
}

# The port kept in file $1, or a new one when there is none or another program took it.
remembered_port() {
    local port
    port=$(cat "$1" 2>/dev/null || true)
    if [ -z "$port" ] || port_is_taken "$port"; then
        port=$(free_port)
        echo "$port" >"$1"
    fi
    echo "$port"
}

# Waits up to 30 s until process $1, a server whose log is $3, has opened port $2.
wait_for_server() {
    local pid="$1" port="$2" log="$3"
    for _ in $(seq 150); do
        if port_is_taken "$port"; then return; fi
        kill -0 "$pid" 2>/dev/null || { tail -n 20 "$log" >&2; die "the server ended at its start"; }
        sleep 0.2
    done
    die "the server did not open its port within 30 s, see $log"
}

# Is process $1 alive and working in folder $2? (A number in a pid file proves nothing after a restart.)
runs_in() { [ -n "$1" ] && [ "$(readlink "/proc/$1/cwd" 2>/dev/null || true)" = "$(readlink -f "$2")" ]; }

# Runs "$@" with its output in a log, telling every 30 s that it is still at work.
with_progress() {
    local title="$1" log="$2" pid started=$SECONDS
    shift 2
    # A process group of its own, or Ctrl-C would end only this script.
    set -m
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    set +m
    # shellcheck disable=SC2064 # this process
    trap "kill -- -$pid 2>/dev/null; exit 130" INT TERM
    while kill -0 "$pid" 2>/dev/null; do
        sleep 1
        if (((SECONDS - started) % 30 == 29)); then
            note "$title: $((SECONDS - started)) s so far; $(tail -n 1 "$log" | cut -c 1-80)"
            sleep 1
        fi
    done
    trap - INT TERM
    if ! wait "$pid"; then
        tail -n 40 "$log" >&2
        die "$title failed; the whole log is $log"
    fi
    note "$title: done in $((SECONDS - started)) s"
}
