#!/usr/bin/env bash
# Every setting that server/src/config reads is described in .env.example, and every setting that is set or described
# anywhere (.env.example, docker-compose.yml, the Docker image, .local/env, the docs) is read by something.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$STOA_ROOT"

readonly setting='(STOA|LEPTOS|AWS|LOCAL)_[A-Z0-9_]+|(MIGRATION_)?DATABASE_URL|REDIS_URL'
found=0

# What the server asks the environment for: the names in its code, tests left out.
read_by_the_server() {
    find server/src/config -name '*.rs' ! -name tests.rs -exec awk '/^#\[cfg\(test\)\]/ { nextfile } { print }' {} + |
        grep -oE "\"($setting)\"" | tr -d '"' | sort -u
}

# What scripts, tests and the build ask for. (What they set is no proof that it is read.)
read_elsewhere() {
    grep -rhoE "\\$\\{?($setting)" scripts .ci deploy docker-compose.yml | tr -d '${'
    grep -rhoE "\"($setting)\"" --include='*.rs' */src */tests | tr -d '"'
    grep -rhoE "process\.env\.($setting)" end2end --include='*.ts' | sed 's/process.env.//'
    grep -rhoE "environ[^A-Z]*($setting)" --include='*.py' scripts | grep -oE "$setting"
}

described() { grep -oE "^#?($setting|[A-Z][A-Z0-9_]+)=" .env.example | tr -d '#='; }

# The variables that the compose file gives to Stoa (not those of PostgreSQL and Redis).
set_by_compose() {
    awk '/^[a-z]/ { ours = /^x-stoa:/ } /^  [a-z]+:/ && !/^  environment/ { if (!top) ours = 0 } /^x-stoa:/ { top = 1 } /^services:/ { top = 0 }
         /<<: \*stoa$/ { ours = 1 } ours' docker-compose.yml | grep -oE '^ +[A-Z][A-Z0-9_]+:' | tr -d ' :' | sort -u
}

# Its last stage: the others compile.
set_by_the_image() { tac Dockerfile | sed '/^FROM /q' | tac | awk '/^ENV /, !/\\$/' | grep -oE '[A-Z][A-Z0-9_]+=' | tr -d '=' | grep -v '^PATH$'; }
set_for_this_clone() { grep -oE '^ +line [A-Z_]+ ' scripts/services.sh | awk '{ print $2 }'; }

# must_be SET WHAT: reports names that come in and are not in the file SET.
must_be() {
    local name
    while read -r name; do
        grep -qxF "$name" "$1" || { note "$name: $2"; found=1; }
    done
}

known=$(mktemp) all=$(mktemp) documented=$(mktemp)
trap 'rm -f "$known" "$all" "$documented"' EXIT
read_by_the_server >"$known"
{ read_by_the_server; read_elsewhere; } | sort -u >"$all"
grep -oE '[A-Z][A-Z0-9_]+' .env.example | sort -u >"$documented"

must_be "$documented" "is read by server/src/config and not described in .env.example" <"$known"
must_be "$known" "is in .env.example, and nothing in server/src/config reads it" < <(described)
must_be "$known" "is set in docker-compose.yml, and nothing in server/src/config reads it" < <(set_by_compose)
must_be "$known" "is set in the Docker image, and nothing in server/src/config reads it" < <(set_by_the_image)
must_be "$all" "is written to .local/env, and nothing reads it" < <(set_for_this_clone)
must_be "$all" "is in the docs, and nothing reads it" < <(grep -ohE "\b($setting)\b" README.md docs/*.md | sort -u)
[ "$found" = 0 ] || die "settings and their documentation differ"
