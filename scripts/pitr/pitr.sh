#!/usr/bin/env bash
# Point-in-time recovery with PostgreSQL's own tools. docs/recovery.md tells when to use what.
#
#   pitr.sh base                            make a base backup, verify it, keep it
#   pitr.sh check                           is everything archived, up to now? Exit status 1: no, and why
#   pitr.sh restore --to TIME --into DIR    prepare a cluster in DIR as it was at TIME, such as '2026-11-21 03:14:00+00',
#                                           or `latest`: as far as the archive goes
#   pitr.sh prune --keep N                  keep the newest N base backups and the log they need
#
# Run as the user that runs PostgreSQL, on its machine. Settings, from the environment:
#   STOA_PITR_DIR         holds base/ and wal/ (default /var/backups/stoa); on another disk than the data
#   STOA_PITR_RPO         seconds of work that may be lost at most (default 120; archive_timeout must be below)
#   STOA_PITR_BASE_DAYS   how old the newest base backup may be (default 8)
#   PGHOST, PGPORT, ...   as psql takes them
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
readonly here DIR="${STOA_PITR_DIR:-/var/backups/stoa}" RPO="${STOA_PITR_RPO:-120}" BASE_DAYS="${STOA_PITR_BASE_DAYS:-8}"
readonly WAL="$DIR/wal" BASE="$DIR/base"
export PGUSER="${PGUSER:-postgres}" PGDATABASE="${PGDATABASE:-postgres}"

die() {
    printf 'error: %s\n' "$*" >&2
    exit 2
}
say() { printf '%s\n' "$*"; }

# shellcheck source=scripts/pitr/base.sh
. "$here/base.sh"
# shellcheck source=scripts/pitr/check.sh
. "$here/check.sh"
# shellcheck source=scripts/pitr/restore.sh
. "$here/restore.sh"

ask() { psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$1"; }

# PostgreSQL's programs: in PATH, or where Debian keeps those of the newest version.
find_programs() {
    local bin
    if command -v pg_verifybackup >/dev/null && command -v pg_basebackup >/dev/null; then return; fi
    for bin in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
        if [ -x "$bin/pg_verifybackup" ]; then
            PATH="$bin:$PATH"
            return
        fi
    done
    die "pg_basebackup and pg_verifybackup are not installed (Debian: postgresql-15)"
}

[ "$(id -u)" != 0 ] || die "run this as the user that runs PostgreSQL: sudo -u postgres $0 $*"
umask 077
find_programs
case "${1:-}" in
    base) base ;;
    check) check ;;
    restore) shift && restore "$@" ;;
    prune) shift && prune "$@" ;;
    *) die "use: pitr.sh base | check | restore --to TIME --into DIR | prune --keep N" ;;
esac
