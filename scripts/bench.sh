#!/usr/bin/env bash
# The benchmarks, each beside its baseline of the same run. Arguments go to `cargo bench`.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$STOA_ROOT"

"$STOA_ROOT/scripts/services.sh" start
load_local_env
"$STOA_ROOT/scripts/build.sh"
cargo bench -p server "$@"
