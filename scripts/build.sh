#!/usr/bin/env bash
# The release build: browser program, styles and the binary `target/release/stoa`.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$STOA_ROOT"

say "Building the release (the first time 5 to 10 minutes on two cores, seconds when nothing changed)"
LEPTOS_HASH_FILES=true cargo leptos build --release "$@"
node scripts/compress.mjs "$LEPTOS_SITE_ROOT/$LEPTOS_SITE_PKG_DIR"

# Compiled artefacts may live elsewhere; the binary is found at target/release/stoa all the same.
if [ "$STOA_TARGET" != "$STOA_ROOT/target" ] && { [ -L target ] || [ ! -e target ]; }; then
    ln -sfn "$STOA_TARGET" target
fi
