#!/usr/bin/env bash
# Format, wording, lints for both targets, unused and unwanted dependencies. Builds everything the tests need to type-check.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$STOA_ROOT"

say "Format"
cargo fmt --all --check

say "Settings and their documentation"
scripts/check-settings.sh
say "Downloads of tools"
scripts/prebuilt/test.sh

readonly lints="$STOA_CACHE/container-lints/bin"
if [ -x "$lints/check-jsonschema" ]; then
    say "Compose file"
    "$lints/check-jsonschema" --builtin-schema vendor.compose-spec docker-compose.yml
fi
if [ -x "$lints/hadolint" ]; then
    say "Dockerfile"
    "$lints/hadolint" Dockerfile
fi
say "Wording"
node scripts/words.mjs --self-test
node scripts/words.mjs

say "Reasons of SQL"
scripts/statements.sh | tail -n 1

say "Lints of the server side"
cargo clippy --all-targets -- -D warnings

say "Lints of the browser side"
cargo clippy -p frontend --target wasm32-unknown-unknown -- -D warnings

if have cargo-machete; then
    say "Unused dependencies"
    cargo machete
fi
if have cargo-deny; then
    say "Licences, sources and doubled dependencies"
    cargo deny --log-level error check bans licenses sources
else
    note "cargo-deny is not installed: licences and sources of dependencies not checked (cargo install cargo-deny)"
fi
if have shellcheck; then
    say "Shell scripts"
    shellcheck -x scripts/*.sh scripts/services/*.sh scripts/pitr/*.sh scripts/prebuilt/*.sh .ci/run
fi
