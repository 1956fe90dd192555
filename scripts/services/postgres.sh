# shellcheck shell=bash
# The private PostgreSQL of this clone: make, start, stop, ask. Sourced by services.sh; data in .local/postgres.

# PostgreSQL refuses to run as root, and its user must be able to reach the data.
as_postgres() {
    if is_root; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

# Sets PG_HOME (all its files), PG_DATA, PG_SOCKET and PG_BIN.
postgres_paths() {
    PG_HOME="$LOCAL_DIR/postgres"
    if is_root && id postgres >/dev/null 2>&1 && ! as_postgres test -x "$LOCAL_DIR"; then
        PG_HOME="/var/tmp/stoa-$CLONE_ID"
    fi
    PG_DATA="$PG_HOME/data"
    PG_SOCKET="$PG_HOME/socket"
    [ ${#PG_SOCKET} -le 80 ] || PG_SOCKET="/tmp/stoa-$CLONE_ID"
    postgres_programs
}

# The programs of the version that made the data; else the newest that is new enough.
postgres_programs() {
    local made_by candidate
    made_by=$(as_postgres cat "$PG_DATA/PG_VERSION" 2>/dev/null || true)
    PG_BIN=""
    for candidate in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(dirname "$(command -v initdb || echo /none/initdb)")"; do
        [ -x "$candidate/initdb" ] || continue
        local version
        version=$("$candidate/postgres" --version | grep -oE '[0-9]+' | head -n 1)
        if [ "${made_by:-$version}" = "$version" ] && [ "$version" -ge 15 ]; then
            PG_BIN="$candidate"
            return
        fi
    done
}

postgres_pid() { as_postgres head -n 1 "$PG_DATA/postmaster.pid" 2>/dev/null || true; }

# The processes that work in the data folder (asked as the server's user: even root may not see it in a container).
postgres_processes() { as_postgres find /proc -maxdepth 2 -name cwd -lname "$(readlink -f "$PG_DATA")" 2>/dev/null || true; }
postgres_runs() { [ -d "$PG_DATA" ] && [[ $'\n'"$(postgres_processes)"$'\n' == *$'\n'"/proc/$(postgres_pid)/cwd"$'\n'* ]]; }

postgres_start() {
    [ -n "$PG_BIN" ] || die "PostgreSQL 15 or newer is not installed. Run \`make setup\`, or set DATABASE_URL to a server of yours."
    if ! postgres_runs; then
        [ -d "$PG_DATA" ] || postgres_create
        postgres_forget_the_dead
        postgres_launch
    fi
    PG_PORT=$(cat "$LOCAL_DIR/postgres.port")
    postgres_roles
}

# After kill -9 or a restart of the machine, the lock files may name a zombie or a stranger, and PostgreSQL would not
# start. They go once no process works in the data folder any more.
postgres_forget_the_dead() {
    local tries=0
    while [ -n "$(postgres_processes)" ]; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || die "processes of a killed PostgreSQL still use $PG_DATA: $(postgres_processes | tr '\n' ' ')"
        sleep 0.2
    done
    rm -f "$PG_DATA/postmaster.pid" "$PG_SOCKET"/.s.PGSQL.*
}

postgres_create() {
    note "PostgreSQL: making a database cluster in $PG_HOME"
    mkdir -p "$PG_HOME"
    rm -rf "$PG_DATA.new"
    if is_root; then chown postgres "$PG_HOME"; fi
    chmod 700 "$PG_HOME"
    as_postgres "$PG_BIN/initdb" -D "$PG_DATA.new" -U postgres --data-checksums --encoding=UTF8 --locale=C.UTF-8 \
        --auth-local=trust --auth-host=scram-sha-256 >"$LOCAL_DIR/initdb.log" 2>&1 ||
        die "initdb failed, see $LOCAL_DIR/initdb.log"
    echo "include_if_exists 'stoa.conf'" | as_postgres tee -a "$PG_DATA.new/postgresql.conf" >/dev/null
    mv "$PG_DATA.new" "$PG_DATA"
}

# Only the user that runs the server reaches its socket folder, hence no password there.
postgres_launch() {
    local port attempt
    as_postgres mkdir -p "$PG_SOCKET"
    [ "$(stat -c %U "$PG_SOCKET")" = "$(as_postgres id -un)" ] || die "$PG_SOCKET belongs to someone else"
    for attempt in 1 2 3; do
        port=$(remembered_port "$LOCAL_DIR/postgres.port")
        postgres_settings "$port" | as_postgres tee "$PG_DATA/stoa.conf" >/dev/null
        if as_postgres "$PG_BIN/pg_ctl" -D "$PG_DATA" -s -w -t 120 -l "$PG_HOME/server.log" start 9>&-; then
            return
        fi
        note "PostgreSQL did not start (attempt $attempt)"
        sleep 1
    done
    as_postgres tail -n 20 "$PG_HOME/server.log" >&2
    die "PostgreSQL does not start; its log is $PG_HOME/server.log"
}

postgres_settings() {
    cat <<SETTINGS
# Written by scripts/services.sh at every start. Put your own settings into postgresql.conf.
port = $1
listen_addresses = '127.0.0.1'
unix_socket_directories = '$PG_SOCKET'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 512MB
work_mem = 16MB
maintenance_work_mem = 256MB
effective_cache_size = 2GB
synchronous_commit = on
wal_compression = on
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
track_io_timing = on
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
log_lock_waits = on
log_line_prefix = '%m [%p] %q%u@%d '
SETTINGS
    # Containers often have 64 MB there: too little for parallel queries.
    if [ "$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)" -lt 500000 ] 2>/dev/null; then
        echo "dynamic_shared_memory_type = sysv"
    fi
    if [ -e "$PG_BIN/../lib/pg_stat_statements.so" ]; then
        echo "shared_preload_libraries = 'pg_stat_statements'"
    fi
}

# Roles and database, the passwords as in .local/secret whatever was there before.
postgres_roles() {
    local sql="$STOA_ROOT/deploy/roles.sql"
    STOA_OWNER_PASSWORD="$OWNER_PASSWORD" STOA_APP_PASSWORD="$APP_PASSWORD" postgres_admin -f - <"$sql" >"$LOCAL_DIR/roles.log" 2>&1 ||
        die "could not make the roles, see $LOCAL_DIR/roles.log"
    if [ -e "$PG_BIN/../lib/pg_stat_statements.so" ]; then
        postgres_admin -d stoa -c 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements' >/dev/null 2>&1 || true
    fi
}

postgres_admin() { as_postgres "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$PG_SOCKET" -p "$PG_PORT" -U postgres -d postgres "$@"; }

postgres_stop() {
    [ -n "$PG_BIN" ] && postgres_runs || return 0
    as_postgres "$PG_BIN/pg_ctl" -D "$PG_DATA" -s -w -t 60 -m fast stop
    note "PostgreSQL stopped"
}
