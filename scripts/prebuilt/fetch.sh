# shellcheck shell=bash
# Downloads tools that their authors compiled, when scripts/prebuilt/checksums.txt has their checksum. Sourced by tools.sh.

# Where the archives are: a mirror, or empty to compile everything.
readonly download_site="${STOA_TOOLS_URL-https://github.com}"
# Milliseconds in which something must arrive. One failure is enough: the site is not asked again.
readonly patience=4000
site_answers=yes

# prebuilt NAME VERSION PROGRAM: installs PROGRAM into the cache. Fails, having said why, where it must be compiled.
prebuilt() {
    local name="$1" version="$2" program="$3" sum path inside archive="$STOA_CACHE/tools/download" found
    [ -n "$download_site" ] && [ "$site_answers" = yes ] || return 1
    read -r sum path inside < <(pinned "$name" "$version") || return 1
    have curl || { note "$name: there is no curl to download it with"; return 1; }
    note "$name $version: downloading it from $download_site"
    download "$download_site/$path" "$archive" || { rm -f "$archive" "$archive.log"; return 1; }
    found=$(sha256sum "$archive" | cut -d ' ' -f 1)
    if [ "$found" != "$sum" ]; then
        rm -f "$archive" "$archive.log"
        warn "$name $version was REFUSED: the download is not the file that was pinned. It is not used." \
            "address:  $download_site/$path" "expected: $sum" "received: $found"
        return 1
    fi
    unpack "$archive" "$inside" "$program" "$version" || { warn "$name $version: the download does not run here"; return 1; }
    note "$name $version: downloaded, the checksum agrees"
}

# The checksum, the path and the name in the archive that are pinned for this machine.
pinned() {
    awk -v name="$1" -v version="$2" -v machine="$(uname -m)" '
        $1 == name && $2 == version && $3 == machine { print $4, $5, $6; found = 1; exit }
        END { exit !found }' "$STOA_ROOT/scripts/prebuilt/checksums.txt"
}

# download ADDRESS FILE: gives up when nothing arrives for too long, at the beginning or later.
download() {
    local pid size=0 deadline=$(($(now) + patience))
    rm -f "$2"
    curl --silent --show-error --fail --location --output "$2" "$1" 2>"$2.log" &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        if [ "$(size_of "$2")" -gt "$size" ]; then
            size=$(size_of "$2") deadline=$(($(now) + patience))
        elif (($(now) > deadline)); then
            kill "$pid" 2>/dev/null || true
            echo "nothing arrived for $((patience / 1000)) s" >"$2.log"
            break
        fi
        sleep 0.1
    done
    if wait "$pid"; then return 0; fi
    site_answers=no
    note "the download failed, compiling instead: $(tail -n 1 "$2.log")"
    return 1
}

# In milliseconds.
now() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }
size_of() { stat -c %s "$1" 2>/dev/null || echo 0; }

# unpack ARCHIVE NAME-IN-IT PROGRAM VERSION: installs it if it runs and is of that version.
unpack() {
    local program="$STOA_CACHE/tools/bin/$3" version
    mkdir -p "$STOA_CACHE/tools/bin"
    tar -xzOf "$1" "$2" >"$program.new" 2>/dev/null && chmod 755 "$program.new" && version=$("$program.new" --version 2>/dev/null) &&
        [[ " $version " == *" $4 "* ]] && mv "$program.new" "$program" && rm -f "$1" "$1.log" && return 0
    rm -f "$program.new" "$1" "$1.log"
    return 1
}
