#!/usr/bin/env bash
# The programs that build and test Stoa, each of one version, in the cache that all clones share: tools.sh NAME...
# One that is missing is downloaded where scripts/prebuilt/checksums.txt has its checksum, and compiled otherwise.
# STOA_TOOLS_URL names a mirror of the download site; when it is empty, everything is compiled.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/prebuilt/fetch.sh
. "$STOA_ROOT/scripts/prebuilt/fetch.sh"

readonly logs="$LOCAL_DIR/logs" target="$STOA_CACHE/tools/target"

# describe NAME: sets what is known of a tool.
describe() {
    program="$1" options=(--locked)
    case "$1" in
        cargo-leptos) version=0.3.10 takes="7 minutes" options+=(--features no_downloads) ;;
        # Equal to `wasm-bindgen` in Cargo.toml. Its published lock file does not resolve.
        wasm-bindgen-cli) version=0.2.130 takes="2 minutes" program=wasm-bindgen options=() ;;
        cargo-machete) version=0.9.2 takes="1 minute" ;;
        cargo-deny) version=0.20.2 takes="2 minutes" ;;
        # An S3-compatible server, against which the storage of backups is tested.
        s3s-fs) version=0.14.1 takes="2 minutes" options+=(--features binary) ;;
        *) die "tools.sh knows no tool '$1'" ;;
    esac
}

is_installed() { [[ " $("$program" --version 2>/dev/null || true) " == *" $version "* ]]; }

missing() {
    local name
    for name in "$@"; do
        describe "$name"
        is_installed || echo "$name"
    done
}

# Without optimisation: they compile in half the time, and none of them has much to do.
compile() {
    local name="$1" settings=(CARGO_TARGET_DIR="$target" CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=0)
    # The system's OpenSSL saves compiling another.
    if pkg-config --exists openssl 2>/dev/null; then settings+=(OPENSSL_NO_VENDOR=1); fi
    say "Compiling $name $version, once for all clones ($takes on two cores; log: $logs/$name.log)"
    with_progress "$name" "$logs/$name.log" env "${settings[@]}" \
        cargo install "$name" --version "$version" --root "$STOA_CACHE/tools" --force "${options[@]}"
}

[ -n "$(missing "$@")" ] || exit 0
mkdir -p "$logs" "$STOA_CACHE/tools"
exec 8>"$STOA_CACHE/lock"
flock 8 # another clone may be at it
for name in $(missing "$@"); do
    describe "$name"
    prebuilt "$name" "$version" "$program" 8>&- || compile "$name" 8>&-
done
# What two tools share is compiled once; later runs compile nothing.
rm -rf "$target"
