# shellcheck shell=bash
# The private Redis of this clone: a cache that may be lost, so nothing is written to disk. Sourced by services.sh.

redis_pid() { cat "$LOCAL_DIR/redis/redis.pid" 2>/dev/null || true; }
redis_runs() { runs_in "$(redis_pid)" "$LOCAL_DIR/redis"; }
redis_answers() { [ "$(REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli -h 127.0.0.1 -p "$REDIS_PORT" ping 2>/dev/null)" = PONG ]; }

redis_start() {
    have redis-server || die "Redis is not installed. Run \`make setup\`, or set REDIS_URL to a server of yours."
    local attempt
    mkdir -p "$LOCAL_DIR/redis"
    if ! redis_runs; then
        for attempt in 1 2 3; do
            redis_settings "$(remembered_port "$LOCAL_DIR/redis.port")" >"$LOCAL_DIR/redis/redis.conf"
            if redis-server "$LOCAL_DIR/redis/redis.conf" 9>&- >/dev/null; then break; fi
            note "Redis did not start (attempt $attempt)"
        done
    fi
    REDIS_PORT=$(cat "$LOCAL_DIR/redis.port")
    for attempt in $(seq 100); do
        if redis_answers; then return; fi
        sleep 0.05
    done
    tail -n 20 "$LOCAL_DIR/redis/redis.log" >&2 || true
    die "Redis does not answer on port $REDIS_PORT; its log is $LOCAL_DIR/redis/redis.log"
}

redis_settings() {
    cat <<SETTINGS
bind 127.0.0.1
port $1
requirepass $REDIS_PASSWORD
daemonize yes
dir $LOCAL_DIR/redis
pidfile $LOCAL_DIR/redis/redis.pid
logfile $LOCAL_DIR/redis/redis.log
save ""
appendonly no
maxmemory 256mb
maxmemory-policy noeviction
SETTINGS
}

redis_stop() {
    local pid
    redis_runs || return 0
    pid=$(redis_pid)
    kill "$pid"
    while [ -e "/proc/$pid" ]; do sleep 0.05; done
    note "Redis stopped"
}
