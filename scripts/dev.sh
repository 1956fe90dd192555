#!/usr/bin/env bash
# Rebuilds and reloads while you edit (debug build; file names are not hashed, or style reload would not work).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

"$STOA_ROOT/scripts/tools.sh" cargo-leptos wasm-bindgen-cli
"$STOA_ROOT/scripts/services.sh" start
load_local_env
cd "$STOA_ROOT"
LEPTOS_HASH_FILES=false LEPTOS_SITE_ADDR="$STOA_ADDR" exec cargo leptos watch -- serve
