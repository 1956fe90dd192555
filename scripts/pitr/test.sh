#!/usr/bin/env bash
# Proves docs/recovery.md on a private cluster: base backup, archive, a dropped table, recovery to the second before it; a
# damaged backup and a full archive are noticed. Some 30 s; STOA_TORTURE=1 takes more rows (STOA_PITR_ROWS: how many).
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

rows="${STOA_PITR_ROWS:-}"
if [ -z "$rows" ]; then rows=$([ -n "${STOA_TORTURE:-}" ] && echo 1000000 || echo 50000); fi

# PostgreSQL does not run as root: everything below runs as its user, from a folder that this user can read, in a mount
# namespace of its own where an archive can be mounted and filled.
as_root() {
    local home status=0
    home=$(mktemp -d /var/tmp/stoa-pitr.XXXXXX)
    mkdir "$home/scripts" "$home/archive"
    cp "$here"/*.sh "$home/scripts/"
    chmod 755 "$home" "$home/scripts"
    chown -R postgres "$home"
    # shellcheck disable=SC2016 # expanded by the inner shell
    unshare --mount bash -c 'mount -t tmpfs -o size="$2"m,uid="$(id -u postgres)",mode=700 tmpfs "$1/archive" && cd / &&
        exec runuser -u postgres -- env STOA_PITR_TEST_HOME="$1" STOA_PITR_ROWS="$3" bash "$1/scripts/test.sh"' - "$home" $((48 + rows / 4000)) "$rows" || status=$?
    rm -rf "$home"
    exit "$status"
}

if [ "$(id -u)" = 0 ]; then as_root; fi

home="${STOA_PITR_TEST_HOME:-$(mktemp -d /var/tmp/stoa-pitr.XXXXXX)}"
mkdir -p "$home/pitr" "$home/archive" "$home/socket"
ln -sfn "$home/archive" "$home/pitr/wal"
for bin in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
    if [ -x "$bin/initdb" ]; then PATH="$bin:$PATH" && break; fi
done
export STOA_PITR_DIR="$home/pitr" STOA_PITR_RPO=60 PGHOST="$home/socket" PGPORT=5499 PGUSER=postgres PGDATABASE=postgres
unset PGPASSWORD DATABASE_URL

finish() {
    local cluster
    for cluster in "$home"/data "$home"/restored*; do
        if [ -e "$cluster/postmaster.pid" ]; then pg_ctl -D "$cluster" -s -m immediate stop || true; fi
    done
    # The folder of a caller is the caller's to remove.
    [ -n "${STOA_PITR_TEST_HOME:-}" ] || rm -rf "${home:?}"
}
trap finish EXIT

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    tail -n 15 "$home"/*.log >&2 || true
    exit 1
}
pass() { printf 'ok  %4d s  %s\n' "$SECONDS" "$*"; }
ask() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }
pitr() { "$here/pitr.sh" "$@"; }
refused() { ! "$@" >"$home/refused.log" 2>&1; }
until_true() {
    local tries=0
    until [ "$(ask -c "$1")" = t ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || fail "never true: $1"
        sleep 0.1
    done
}
# Everything up to now is in the archive.
archived() {
    local name
    name=$(ask -c 'select pg_walfile_name(pg_current_wal_lsn())')
    ask -c 'select pg_switch_wal()' >/dev/null
    until_true "select coalesce(last_archived_wal >= '$name', false) from pg_stat_archiver"
}
# A fingerprint of the orders: count, sum and content.
orders() { ask "$@" -c "select count(*), sum(minor), md5(string_agg(id || note, ',' order by id)) from orders where id % 100 = 0 or id > $rows"; }

start_cluster() {
    initdb -D "$home/data" -U postgres --data-checksums --auth=trust --no-sync >"$home/initdb.log"
    cat >>"$home/data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$home/socket'
port = $PGPORT
archive_mode = on
archive_timeout = 30
archive_command = '$here/archive.sh $home/pitr/wal %p %f'
max_wal_size = 2GB
timezone = 'UTC'
SETTINGS
    pg_ctl -D "$home/data" -s -w -l "$home/server.log" start
}

refused pitr check || fail "check is content without a server"
start_cluster
ask -c "create table orders (id bigint primary key, minor bigint not null, note text not null);
        insert into orders select n, n * 7 % 1000, md5(n::text) from generate_series(1, $rows) n"
refused pitr check || fail "check is content without a base backup"
grep -q 'no base backup' "$home/refused.log" || fail "check does not say that there is no base backup"

# --- base backup, more work, a mistake, recovery ---------------------------------------------------------------------
pitr base
base=$(ls "$home/pitr/base")
ask -c "insert into orders select n, n, 'after the base backup' from generate_series($rows + 1, $rows + 20000) n"
before=$(orders)
sleep 2.1
mistake=$(ask -c 'select clock_timestamp()')
ask -c 'drop table orders; create table afterwards (id int)'
archived
pitr check || fail "check raises an alarm although all is well"
pass "rows, base backup $base, more rows, table dropped at $mistake, all archived"

moment=$(date -u -d "$mistake" '+%F %T.%6N+00')
moment=$(ask -c "select timestamptz '$moment' - interval '1 second'")
restore_began=$(date +%s%N)
pitr restore --to "$moment" --into "$home/restored" >"$home/restore.log"
pg_ctl -D "$home/restored" -s -w -t 3600 -l "$home/restored.log" -o '-p 5498' start
PGPORT=5498 until_true 'select not pg_is_in_recovery()'
restore_ms=$((($(date +%s%N) - restore_began) / 1000000))
[ "$(orders -p 5498)" = "$before" ] || fail "restored: $(orders -p 5498), expected: $before"
[ "$(ask -p 5498 -c "select to_regclass('afterwards') is null")" = t ] || fail "what came after is there too"
ask -p 5498 -c "insert into orders values (0, 0, 'it takes writes')"
[ "$(ask -p 5498 -c 'show archive_mode')" = off ] || fail "a trial writes to the archive"
pg_ctl -D "$home/restored" -s -m fast stop
pass "restored to one second before: $before; $restore_ms ms for $(du -sm "$home/restored" | cut -f 1) MB until it took writes"

refused pitr restore --to "$moment" --into "$home/restored" || fail "restored over a folder with data"
refused pitr restore --to '2001-01-01 00:00:00+00' --into "$home/restored2" || fail "restored to before the first base backup"
refused pitr restore --to 'yesterday-ish' --into "$home/restored2" || fail "restored to no time at all"
pass "a used folder, a moment before the first base backup and nonsense are refused"

# --- damage ---------------------------------------------------------------------------------------------------------
victim=$(find "$home/pitr/base/$base/base" -type f -size +64k -name '[0-9]*' | sort | head -n 1)
byte=$(od -An -tu1 -j 5000 -N 1 "$victim" | tr -d ' ')
printf "\\x$(printf %02x $((byte ^ 1)))" | dd of="$victim" bs=1 seek=5000 conv=notrunc status=none
refused pitr restore --to "$moment" --into "$home/restored2" || fail "a flipped bit went unnoticed"
grep -q 'is damaged and was not used' "$home/refused.log" || fail "the damage is not named: $(cat "$home/refused.log")"
[ ! -e "$home/restored2" ] || fail "something of the damaged backup was put in place"
refused pitr prune --keep 1 || fail "pruned although the newest base backup is damaged"
printf "\\x$(printf %02x "$byte")" | dd of="$victim" bs=1 seek=5000 conv=notrunc status=none
pg_verifybackup --quiet "$home/pitr/base/$base"
pass "one flipped bit in ${victim#"$home"/pitr/} is caught"

# --- the archive script -----------------------------------------------------------------------------------------------
printf one >"$home/segment"
"$here/archive.sh" "$home/archive" "$home/segment" TEST
"$here/archive.sh" "$home/archive" "$home/segment" TEST || fail "repeating the same file is refused"
printf two >"$home/segment"
refused "$here/archive.sh" "$home/archive" "$home/segment" TEST || fail "another content was written over"
[ "$(gzip -dc "$home/archive/TEST.gz")" = one ] || fail "what was archived has changed"
refused "$here/archive.sh" "$home/nowhere" "$home/segment" TEST || fail "an archive that is not mounted is made"
refused "$here/fetch.sh" "$home/archive" ABSENT "$home/fetched" || fail "an absent file is fetched"
rm "$home/archive/TEST.gz"
for n in 1 2 3; do
    ask -c "select pg_logical_emit_message(true, 'test', '$n')" >/dev/null
    archived
done
first=$(find "$home/archive" -name '0000*[0-9A-F].gz' -printf '%f\n' | sort | tail -n 2 | head -n 1)
mv "$home/archive/$first" "$home/aside"
refused pitr check || fail "a gap in the archive goes unnoticed"
grep -q "${first%.gz} is missing" "$home/refused.log" || fail "the gap is not named: $(cat "$home/refused.log")"
mv "$home/aside" "$home/archive/$first"
pass "the archive takes a file twice, never another under its name; a gap is named"

# --- a full archive ---------------------------------------------------------------------------------------------------
if mountpoint -q "$home/archive"; then
    cat /dev/zero >"$home/archive/filler" 2>/dev/null || true
    space="rm -f $home/archive/filler"
else
    chmod 500 "$home/archive"
    space="chmod 700 $home/archive"
fi
ask -c "insert into afterwards select generate_series(1, 20000); select pg_switch_wal()" >/dev/null
until_true 'select failed_count > 0 from pg_stat_archiver'
refused pitr check || fail "check is content although nothing can be archived"
grep -q 'archiving fails' "$home/refused.log" || fail "the alarm does not say that archiving fails: $(cat "$home/refused.log")"
ask -c "insert into afterwards values (0)" || fail "a full archive stops the server"
$space
archived
pitr check >/dev/null || fail "check stays in alarm although there is space again"
[ -z "$(find "$home/archive" -name '*.part')" ] || fail "half files stay in the archive"
pass "a full archive raises the alarm, the server goes on, and all is archived once there is space"

# --- pruning ----------------------------------------------------------------------------------------------------------
sleep 1
pitr base >/dev/null
archived
count=$(find "$home/archive" -name '*.gz' | wc -l)
pitr prune --keep 1 >/dev/null
[ "$(find "$home/archive" -name '*.gz' | wc -l)" -lt "$count" ] || fail "no log was removed"
[ "$(find "$home/pitr/base" -mindepth 1 -maxdepth 1 | wc -l)" = 1 ] || fail "old base backups stay"
pitr check >/dev/null || fail "check raises an alarm after pruning"
# Base backups are named by the second; one counts as older from the next second on.
sleep 1.1
moment=$(ask -c 'select clock_timestamp()')
sleep 1
ask -c 'insert into afterwards values (-1)'
archived
pitr restore --to "$moment" --into "$home/restored3" >/dev/null
pg_ctl -D "$home/restored3" -s -w -t 600 -l "$home/restored3.log" -o '-p 5498' start
PGPORT=5498 until_true 'select not pg_is_in_recovery()'
[ "$(ask -p 5498 -c 'select count(*) from afterwards')" = 20001 ] || fail "not restored from the newer base backup"
pg_ctl -D "$home/restored3" -s -m fast stop
# The machine is lost: what was archived is all there is. The lines that docs/recovery.md takes away are all that is left.
pg_ctl -D "$home/data" -s -m immediate stop
pitr restore --to latest --into "$home/restored4" >/dev/null
pg_ctl -D "$home/restored4" -s -w -t 600 -l "$home/restored4.log" start
until_true 'select not pg_is_in_recovery()'
[ "$(ask -c 'select count(*), min(id) from afterwards')" = '20002|-1' ] || fail "the newest archived work is not there"
pg_ctl -D "$home/restored4" -s -m fast stop
sed -i '/^# pitr.sh begin/,/^# pitr.sh end/d' "$home/restored4/postgresql.auto.conf"
pg_ctl -D "$home/restored4" -s -w -l "$home/restored4.log" start
archived
pitr base >/dev/null
pitr check >/dev/null || fail "the cluster that took over raises an alarm"
pass "after pruning: to a moment, and to the newest in place of a lost cluster, which archives on"
printf 'point-in-time recovery: all well after %d s; %d rows were back in %d ms\n' "$SECONDS" "$((rows + 20000))" "$restore_ms"
