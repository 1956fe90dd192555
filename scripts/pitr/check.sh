# shellcheck shell=bash
# Is the log archived up to now, without a gap, from a base backup that is there? Sourced by pitr.sh.

alarms=0
good() { say "ok     $*"; }
alarm() {
    say "ALARM  $*"
    alarms=$((alarms + 1))
}

check() {
    if ! ask 'select 1' >/dev/null; then
        alarm "PostgreSQL does not answer"
        exit 1
    fi
    check_settings
    check_archiver
    check_base
    if [ "$alarms" -gt 0 ]; then
        say "$alarms of the checks failed: see docs/recovery.md, \"When check raises an alarm\""
        exit 1
    fi
}

check_settings() {
    local mode timeout
    mode=$(ask 'show archive_mode')
    timeout=$(ask "select setting from pg_settings where name = 'archive_timeout'")
    if [ "$mode" = off ]; then
        alarm "archive_mode is off: nothing is archived"
    elif [ "$timeout" -eq 0 ] || [ "$timeout" -gt "$RPO" ]; then
        alarm "archive_timeout is $timeout s, but at most $RPO s of work may be lost (STOA_PITR_RPO)"
    else
        good "a quiet server archives after $timeout s; at most $RPO s of work may be lost"
    fi
    [ "$(ask 'show data_checksums')" = on ] || alarm "data checksums are off: a damaged disk goes unnoticed into the base backups"
}

check_archiver() {
    local failing waiting oldest last
    IFS='|' read -r failing last <<<"$(ask "
        select coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false),
               coalesce(last_archived_wal || ' at ' || date_trunc('second', last_archived_time), 'nothing yet')
        from pg_stat_archiver")"
    IFS='|' read -r waiting oldest <<<"$(ask "
        select count(*), coalesce(extract(epoch from clock_timestamp() - min(modification))::bigint, 0)
        from pg_ls_archive_statusdir() where name like '%.ready'")"
    if [ "$failing" = t ]; then
        alarm "archiving fails: $(ask "select failed_count || ' times, last ' || last_failed_wal || ' at ' || date_trunc('second', last_failed_time) from pg_stat_archiver"); the server's log says why"
    else
        good "last archived: $last"
    fi
    if [ "$waiting" -gt 0 ] && [ "$oldest" -gt "$RPO" ]; then
        alarm "$waiting files wait to be archived, the oldest since $oldest s: so much would be lost now"
    else
        good "$waiting files wait to be archived"
    fi
    df --output=pcent "$WAL" 2>/dev/null | tail -n 1 | tr -dc 0-9 | { read -r used || true; [ "${used:-0}" -lt 90 ]; } ||
        alarm "the disk of $WAL is fuller than 90 %"
}

check_base() {
    local newest age first gap
    newest=$(bases | tail -n 1)
    if [ -z "$newest" ]; then
        alarm "there is no base backup in $BASE: the log alone restores nothing; run: pitr.sh base"
        return
    fi
    age=$((($(date +%s) - $(date -d "$(iso "$newest")" +%s)) / 86400))
    if [ "$age" -gt "$BASE_DAYS" ]; then alarm "the newest base backup is $age days old"; else good "newest base backup: $newest"; fi
    first=$(first_wal "$newest")
    gap=$(first_gap "$first")
    if [ -n "$gap" ]; then
        alarm "$gap is missing in $WAL: later times cannot be restored; run: pitr.sh base"
    else
        good "the log has no gap since then"
    fi
}

iso() { sed -E 's/^(....)(..)(..)T(..)(..)(..)Z$/\1-\2-\3T\4:\5:\6Z/' <<<"$1"; }

# The first file that is not there although a later one of its timeline is. Files of 16 MiB: 256 to each upper number.
first_gap() {
    local timeline="${1:0:8}" name last
    local -A have=()
    while IFS= read -r name; do have[${name%.gz}]=1; done < <(find "$WAL/" -maxdepth 1 -regextype posix-extended -regex ".*/$timeline[0-9A-F]{16}\.gz" -printf '%f\n')
    last=$(printf '%s\n' "${!have[@]}" | sort | tail -n 1)
    name="$1"
    while [[ -n "$last" && ! "$name" > "$last" ]]; do
        if [ -z "${have[$name]:-}" ]; then
            say "$name"
            return
        fi
        name=$(next_wal "$name")
    done
}

next_wal() {
    local upper=$((16#${1:8:8})) lower=$((16#${1:16:8} + 1))
    if [ "$lower" -gt 255 ]; then upper=$((upper + 1)) lower=0; fi
    printf '%s%08X%08X' "${1:0:8}" "$upper" "$lower"
}
