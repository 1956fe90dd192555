# shellcheck shell=bash
# Base backups: make, verify, list, prune. Sourced by pitr.sh.

# The finished ones, oldest first; named after the server's time when each was complete.
bases() {
    [ -d "$BASE" ] || return 0
    find "$BASE/" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*Z' -printf '%f\n' | sort
}

base() {
    local new name
    mkdir -p "$BASE" "$WAL"
    rm -rf "$BASE"/.new.*
    new="$BASE/.new.$$"
    pg_basebackup --pgdata="$new" --format=plain --wal-method=stream --checkpoint=fast \
        --manifest-checksums=SHA256 --no-password
    pg_verifybackup --quiet "$new"
    name=$(ask "select to_char(clock_timestamp() at time zone 'utc', 'YYYYMMDD\"T\"HH24MISS\"Z\"')")
    sync -f "$new"
    mv -T "$new" "$BASE/$name"
    sync "$BASE"
    say "base backup $BASE/$name made and verified, $(du -sh "$BASE/$name" | cut -f 1)"
}

# The first file of the log that base backup $1 needs.
first_wal() { sed -n 's/^START WAL LOCATION: .* (file \([0-9A-F]\{24\}\))$/\1/p' "$BASE/$1/backup_label"; }

prune() {
    local keep count oldest name
    [ "${1:-}" = --keep ] || die "use: pitr.sh prune --keep N"
    keep="${2:-}"
    [[ "$keep" =~ ^[1-9][0-9]*$ ]] || die "--keep must be a number from 1"
    count=$(bases | wc -l)
    [ "$count" -gt 0 ] || die "there is no base backup in $BASE; nothing was removed"
    # Whoever removes the old ones must be able to live off the new one.
    pg_verifybackup --quiet "$BASE/$(bases | tail -n 1)" || die "the newest base backup is damaged; nothing was removed"
    for name in $(bases | head -n -"$keep"); do
        rm -rf "${BASE:?}/$name"
        say "removed $name"
    done
    oldest=$(bases | head -n 1)
    pg_archivecleanup -x .gz "$WAL" "$(first_wal "$oldest")"
    say "the log is kept from $(first_wal "$oldest"); recovery is possible from $oldest on"
}
