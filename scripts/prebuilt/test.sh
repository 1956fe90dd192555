#!/usr/bin/env bash
# Proves that tools are downloaded only when the pinned checksum agrees, and that a site which is away costs 5 seconds at
# most. A local server plays the site, a script plays cargo. Some 15 s.
set -euo pipefail

scripts="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
home=$(mktemp -d)

# A machine that has the tools already must still look like one that lacks them.
path_without_tools() {
    local folder kept=()
    while IFS= read -r -d : folder; do
        [ -x "$folder/cargo-leptos" ] || [ -x "$folder/cargo-machete" ] || kept+=("$folder")
    done <<<"$PATH:"
    (IFS=: && echo "${kept[*]}")
}

export HOME="$home" STOA_CACHE="$home/cache"
clone="$home/clone" failed=0 output="" took=0
PATH=$(path_without_tools)

finish() {
    kill "$site" 2>/dev/null || true
    rm -rf "$home"
}

# A clone that has only these scripts, a pinned archive of a `cargo-leptos` that runs, and a cargo that installs another.
prepare() {
    local archive=path/tool.tar.gz
    mkdir -p "$clone/scripts/prebuilt" "$home/site/path" "$home/pack/inside" "$home/.cargo/bin"
    cp "$scripts"/{env,lib,tools}.sh "$clone/scripts/"
    cp "$scripts/prebuilt/fetch.sh" "$clone/scripts/prebuilt/"
    program 'downloaded' 0.3.10 >"$home/pack/inside/cargo-leptos"
    # Big enough that half of it is more than the buffers between the two ends hold back.
    head -c 3000000 /dev/urandom >"$home/pack/inside/rest"
    chmod 755 "$home/pack/inside/cargo-leptos"
    tar -czf "$home/site/$archive" -C "$home/pack" inside
    sum=$(sha256sum "$home/site/$archive" | cut -d ' ' -f 1)
    cat >"$home/.cargo/bin/cargo" <<CARGO
#!/bin/sh
[ -e "$home/compiled" ] || date +%s%3N >"$home/compiled"
version=0.3.10
[ "\$2" != cargo-machete ] || version=0.9.2
mkdir -p "$STOA_CACHE/tools/bin"
printf '#!/bin/sh\necho %s %s compiled\n' "\$2" "\$version" >"$STOA_CACHE/tools/bin/\$2"
chmod 755 "$STOA_CACHE/tools/bin/\$2"
CARGO
    chmod 755 "$home/.cargo/bin/cargo"
}

program() { printf '#!/bin/sh\necho "cargo-leptos %s %s"\n' "$2" "$1"; }

# pin NAME VERSION CHECKSUM [NAME-IN-ARCHIVE]
pin() {
    printf '%s %s %s %s path/tool.tar.gz %s\n' "$1" "$2" "$(uname -m)" "$3" "${4:-inside/cargo-leptos}" >>"$clone/scripts/prebuilt/checksums.txt"
}

pin_only() {
    rm -f "$clone/scripts/prebuilt/checksums.txt"
    pin "$@"
}

# install SITE TOOL...: as on a new machine. Leaves what was said in $output, and in $took the milliseconds until the first
# compilation began or, without one, until the end.
install() {
    local began url="$1"
    began=$(date +%s%3N)
    shift
    rm -rf "$STOA_CACHE" "$home/compiled" "$home/site/requests"
    output=$(STOA_TOOLS_URL="$url" "$clone/scripts/tools.sh" "$@" 2>&1) || { echo "$output" && output+=" FAILED"; }
    took=$(($(cat "$home/compiled" 2>/dev/null || date +%s%3N) - began))
}

# expect WHAT COMMAND...
expect() {
    local what="$1"
    shift
    if "$@"; then
        printf 'ok      %s (%s ms)\n' "$what" "$took"
    else
        printf 'FAILED  %s (%s ms)\n%s\n' "$what" "$took" "$output"
        failed=1
    fi
}

downloaded() { [ ! -e "$home/compiled" ] && [[ "$("$STOA_CACHE/tools/bin/cargo-leptos")" == *downloaded ]]; }
compiled() { [[ "$("$STOA_CACHE/tools/bin/cargo-leptos")" == *compiled ]] && no_leftovers; }
no_leftovers() { [ -z "$(find "$STOA_CACHE/tools" -name '*download*' -o -name '*.new')" ]; }
refused() { compiled && [[ "$output" == *REFUSED* && "$output" == *"$sum"* ]]; }
in_time() { compiled && [ "$took" -le 5000 ]; }
asked_once() { in_time && [ "$(wc -l <"$home/site/requests")" = 1 ]; }

prepare
node "$scripts/prebuilt/site.mjs" "$home/site" "$home/port" &
site=$!
trap finish EXIT
until [ -s "$home/port" ]; do sleep 0.1; done
address="http://127.0.0.1:$(cat "$home/port")"

pin cargo-leptos 0.3.10 "$sum"
install "$address/good" cargo-leptos
expect "the pinned file is used, and nothing is compiled" downloaded
install "" cargo-leptos
expect "without a site everything is compiled" compiled
install "http://127.0.0.1:1" cargo-leptos
expect "a closed port: compiled within 5 s" in_time
install "$address/good/nowhere" cargo-leptos
expect "the file is not there: compiled within 5 s" in_time

pin cargo-machete 0.9.2 "$sum"
install "$address/silent" cargo-leptos cargo-machete
expect "a site that never answers: asked once, both compiled within 5 s" asked_once
install "$address/stalls" cargo-leptos
expect "half a file is not used" compiled

pin_only cargo-leptos 0.3.10 "${sum//[0-7]/8}"
install "$address/good" cargo-leptos
expect "another checksum: refused in plain words, and compiled" refused
pin_only cargo-leptos 0.3.9 "$sum"
install "$address/good" cargo-leptos
expect "a checksum of another version is none" compiled
pin_only cargo-leptos 0.3.10 "$sum" inside/rest
install "$address/good" cargo-leptos
expect "a file that does not run is not used" compiled
exit "$failed"
