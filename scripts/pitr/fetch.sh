#!/usr/bin/env bash
# Brings one file of the write-ahead log back: restore_command = '.../fetch.sh /var/backups/stoa/wal %f %p'
#
# PostgreSQL also asks for files that never existed (the next timeline): for those the answer is a plain no. A file that
# is damaged ends the recovery instead, because going on without it would silently lose what came after.
set -euo pipefail
umask 077

archive="$1" name="$2" target="$3"

[ -e "$archive/$name.gz" ] || exit 1
if ! gzip -dc -- "$archive/$name.gz" >"$target"; then
    rm -f -- "$target"
    printf 'fetch.sh: %s is damaged\n' "$archive/$name.gz" >&2
    exit 255
fi
