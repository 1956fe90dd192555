#!/usr/bin/env bash
# Keeps one file of the write-ahead log: archive_command = '.../archive.sh /var/backups/stoa/wal %p %f'
#
# Says yes only when the whole file is on the disk under its name. A name that is taken is left as it is: the same
# content is a repetition after a crash and fine, another content is a second cluster that archives to the same place.
set -euo pipefail
umask 077

archive="$1" source="$2" name="$3"
target="$archive/$name.gz"
temporary="$archive/.$name.$$.part"

refuse() {
    printf 'archive.sh: %s\n' "$*" >&2
    exit 1
}

[ -d "$archive" ] || refuse "$archive is not there; is its disk mounted?"
if [ -e "$target" ]; then
    gzip -dc -- "$target" | cmp -s -- - "$source" || refuse "$target is there already with other content; does another cluster use $archive?"
    sync -- "$target" "$archive"
    exit 0
fi
trap 'rm -f -- "$temporary"' EXIT
gzip -1 -c -- "$source" >"$temporary"
sync -- "$temporary"
mv -nT -- "$temporary" "$target"
[ ! -e "$temporary" ] || refuse "$target appeared meanwhile; does another cluster use $archive?"
sync -- "$archive"
