# shellcheck shell=bash
# A cluster as it was at some moment, in a new folder. Sourced by pitr.sh. Touches neither the running server nor the
# archive, so it may be repeated with another moment as often as one likes.

restore() {
    local to="" into="" moment base
    while [ $# -gt 0 ]; do
        case "$1" in
            --to) to="${2:-}" ;;
            --into) into="${2:-}" ;;
            *) die "unknown: $1; use: pitr.sh restore --to TIME --into DIR" ;;
        esac
        shift $(($# > 1 ? 2 : 1))
    done
    [ -n "$to" ] && [ -n "$into" ] || die "use: pitr.sh restore --to '2026-11-21 03:14:00+00'|latest --into DIR"
    if [ "$to" = latest ]; then
        moment=latest
    else
        moment=$(date -u -d "$to" '+%F %T.%6N+00' 2>/dev/null) || die "--to '$to' is no time; write it as '2026-11-21 03:14:00+00'"
    fi
    [ -z "$(ls -A "$into" 2>/dev/null)" ] || die "$into is not empty; restore into a new folder"
    base=$(base_before "$moment")
    [ -n "$base" ] || die "no base backup is older than $moment; the oldest is $(bases | head -n 1 || true)"
    say "restoring to $moment from the base backup $base; verifying that first"
    pg_verifybackup --quiet "$BASE/$base" || die "the base backup $BASE/$base is damaged and was not used; move it away to use the one before it"
    mkdir -p "$into"
    cp -a --reflink=auto "$BASE/$base/." "$into/"
    chmod 700 "$into"
    write_settings "$into" "$moment"
    say "prepared. Start it beside the running server, on another port:

    pg_ctl -D $into -o '-p 5499' -t 3600 -w start
    psql -p 5499 -c 'select pg_is_in_recovery(), now()'    # f once it is done

It replays the log up to that moment and then opens for writing. What to check, and how to put it in the place of the old
one: docs/recovery.md"
}

# The newest that was complete before moment $1.
base_before() {
    local wanted name found=""
    if [ "$1" = latest ]; then
        bases | tail -n 1
        return
    fi
    wanted=$(date -u -d "$1" +%Y%m%dT%H%M%SZ)
    for name in $(bases); do
        if [[ "$name" < "$wanted" ]]; then found="$name"; fi
    done
    say "$found"
}

write_settings() {
    local into="$1" moment="$2"
    # Debian and our containers keep these outside the data.
    if [ ! -e "$into/postgresql.conf" ]; then least_settings "$into" >"$into/postgresql.conf"; fi
    [ -e "$into/pg_hba.conf" ] || echo 'local all all peer' >"$into/pg_hba.conf"
    [ -e "$into/pg_ident.conf" ] || : >"$into/pg_ident.conf"
    # Not archiving: a trial must leave the archive as it is. Turned on again when this cluster takes over.
    {
        echo '# pitr.sh begin'
        echo "restore_command = '$here/fetch.sh $WAL %f %p'"
        if [ "$moment" != latest ]; then
            echo "recovery_target_time = '$moment'"
            echo "recovery_target_action = 'promote'"
        fi
        echo "archive_mode = 'off'"
        echo '# pitr.sh end'
    } >>"$into/postgresql.auto.conf"
    touch "$into/recovery.signal"
}

# What must not be lower than it was, or PostgreSQL refuses to replay.
least_settings() {
    local name
    for name in max_connections max_worker_processes max_wal_senders max_prepared_xacts max_locks_per_xact; do
        printf '%s = %s\n' "${name/xact/transaction}" "$(pg_controldata "$1" | sed -n "s/^$name setting: *//p")"
    done
}
