#!/usr/bin/env bash
# The fault and fuzz tests at their full counts, on release code. Arguments go to `cargo test`.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$STOA_ROOT"

"$STOA_ROOT/scripts/services.sh" start
load_local_env
"$STOA_ROOT/scripts/build.sh"
say "Fault and fuzz tests at their full counts (this takes long)"
STOA_TORTURE=1 cargo test --release --no-fail-fast "$@"
STOA_TORTURE=1 "$STOA_ROOT/scripts/pitr/test.sh"
STOA_TORTURE=1 "$STOA_ROOT/scripts/conformance.sh"
