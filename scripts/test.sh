#!/usr/bin/env bash
# Everything that CI runs: lints, Rust tests, recovery of the database, release build, the API against its document, browser tests; then one summary.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$STOA_ROOT"

logs="$LOCAL_DIR/logs"
summary=()
mkdir -p "$logs"

# phase NAME LOG COMMAND...: runs it, shows and keeps its output, stops everything when it fails.
phase() {
    local name="$1" log="$logs/$2" started=$SECONDS
    shift 2
    if ! "$@" 2>&1 </dev/null | tee "$log"; then
        summary+=("FAILED  $name ($((SECONDS - started)) s)")
        report
        exit 1
    fi
    summary+=("ok      $name ($((SECONDS - started)) s)")
}

report() {
    exec 2>&1 # one stream, so that the lines stay in order
    say "Summary"
    if [ -f "$logs/rust.log" ]; then rust_totals <"$logs/rust.log"; fi
    if [ -f "$logs/browser.log" ]; then grep -E '^ +[0-9]+ (passed|failed|flaky|skipped|did not run)' "$logs/browser.log" | sed 's/^ */   browser: /' || true; fi
    printf '   %s\n' "${summary[@]}"
    note "whole time: $SECONDS s; logs in .local/logs"
}

rust_totals() {
    awk '/^test result:/ { passed += $4; failed += $6; ignored += $8; binaries++ }
         /^test .* \.\.\. FAILED$/ { print "   failed: " $2 }
         END { printf "   Rust: %d passed, %d failed, %d ignored in %d test programs\n", passed, failed, ignored, binaries }'
}

rm -f "$logs"/{check,rust,recovery,build,conformance,browser}.log
"$STOA_ROOT/scripts/services.sh" start
load_local_env
phase "lints" check.log scripts/check.sh
phase "Rust tests" rust.log cargo test --no-fail-fast
phase "point-in-time recovery" recovery.log scripts/pitr/test.sh
phase "release build" build.log scripts/build.sh
phase "API conformance" conformance.log scripts/conformance.sh
phase "browser tests" browser.log scripts/e2e.sh
report
