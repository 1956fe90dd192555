# shellcheck shell=bash
# The one place where the environment of every build and of every script is set, so that cargo never sees two
# different sets of flags (that would rebuild everything). Developers may use it too: `. scripts/env.sh` (bash or zsh).
#
# Sets nothing but variables. STOA_ENV_LOCAL=no leaves out .local/env (scripts that are about to write it do so).

STOA_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]:-$0}")/.." && pwd)"
export STOA_ROOT

# Tools that are built once and shared by every clone.
export STOA_CACHE="${STOA_CACHE:-$HOME/.cache/stoa}"
stoa_path="$STOA_ROOT/node_modules/.bin:$STOA_CACHE/tools/bin:$HOME/.cargo/bin"
case "$PATH" in
    "$stoa_path":*) ;;
    *) PATH="$stoa_path:$PATH" ;;
esac
export PATH
unset stoa_path

# Under CI, compiled artefacts outlive the clone.
if [ "${CI:-}" = true ] && [ -z "${CARGO_TARGET_DIR:-}" ]; then
    export CARGO_TARGET_DIR="$STOA_CACHE/target"
fi
export STOA_TARGET="${CARGO_TARGET_DIR:-$STOA_ROOT/target}"

# mold links in a fraction of the time; everything works without it.
if [ -x /usr/bin/mold ] && [ -z "${RUSTFLAGS:-}" ]; then
    export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-C link-arg=-fuse-ld=mold"
fi

# The names of server functions must not depend on where the clone lies.
export SERVER_FN_OVERRIDE_KEY=stoa

# Read by cargo-leptos when it builds and by the server when it runs.
export LEPTOS_OUTPUT_NAME=stoa
export LEPTOS_SITE_ROOT="$STOA_TARGET/site"
export LEPTOS_SITE_PKG_DIR=pkg

# Addresses and secrets of the services that belong to this clone.
if [ "${STOA_ENV_LOCAL:-yes}" = yes ] && [ -r "$STOA_ROOT/.local/env" ]; then
    set -a
    # shellcheck source=/dev/null
    . "$STOA_ROOT/.local/env"
    set +a
fi
