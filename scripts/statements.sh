#!/usr/bin/env bash
# Every SQL statement that is text, with the reason why it is no query of entities (`// SQL: ...` above it), and how many
# there are. Fails when one has no reason.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$STOA_ROOT"

# What only tests run may say whatever it likes, and commands of Redis are no SQL.
mapfile -d '' -t files < <(find db/src jobs/src server/src -name '*.rs' -not -path 'db/src/testing/*' \
    -not -path db/src/entities/catalogue.rs -not -path server/src/sessions/copies/connect.rs -not -path db/src/fuzz.rs -print0 | LC_ALL=C sort -z)
awk -f scripts/statements.awk "${files[@]}"
