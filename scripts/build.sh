#!/usr/bin/env bash
# The build with optimisation: browser program, styles and the binary.
#   build.sh          for this machine, quick to compile: target/release/stoa
#   build.sh --dist   what is shipped and measured: target/dist/stoa, stripped, with its symbols beside it in stoa.debug
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$STOA_ROOT"

profile=release
case "${1:-}" in
    "") ;;
    --dist) profile=dist ;;
    *) die "use: $0 [--dist]" ;;
esac
readonly out="$STOA_TARGET/$profile" logs="$LOCAL_DIR/logs"
mkdir -p "$logs"

# The browser program and its styles, into target/site; the hashes in their names go into target/release/hash.txt.
front() {
    scripts/tools.sh cargo-leptos wasm-bindgen-cli
    LEPTOS_HASH_FILES=true with_progress "browser program" "$logs/front.log" cargo leptos build --release --frontend-only
    node scripts/compress.mjs "$LEPTOS_SITE_ROOT/$LEPTOS_SITE_PKG_DIR"
}

# What is shipped holds names of functions, but no lines of code: those are in stoa.debug, which panics and debuggers read
# where it lies beside the binary.
strip_binary() {
    objcopy --only-keep-debug "$out/stoa" "$out/stoa.debug"
    objcopy --strip-debug --add-gnu-debuglink="$out/stoa.debug" "$out/stoa" "$out/stoa.stripped"
    mv "$out/stoa.stripped" "$out/stoa"
}

say "Building ($profile). The first build takes many minutes, a build without changes seconds"
# The server needs neither the browser program nor the tools that make it: both are compiled at once.
# (In a process group of its own, so that Ctrl-C and failures end its compilers too.)
set -m
cargo build --profile "$profile" -p server --bin stoa &
server=$!
set +m
trap 'kill -- "-$server" 2>/dev/null || true' EXIT
front
wait "$server" || die "the server does not compile"
trap - EXIT
if [ "$profile" = dist ]; then
    cp "$STOA_TARGET/release/hash.txt" "$out/hash.txt"
    strip_binary
fi

# Compiled artefacts may live elsewhere; the binary is found at target/release/stoa all the same.
if [ "$STOA_TARGET" != "$STOA_ROOT/target" ] && { [ -L target ] || [ ! -e target ]; }; then
    ln -sfn "$STOA_TARGET" target
fi
