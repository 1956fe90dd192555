#!/usr/bin/env bash
# Serves Stoa with its demo data: services, release build, migrations, demo data, then the server itself.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

"$STOA_ROOT/scripts/services.sh" start
load_local_env
if port_is_taken "${STOA_ADDR##*:}"; then
    die "port ${STOA_ADDR##*:} is taken by another program. Stop that one, or choose another address:

    STOA_ADDR=127.0.0.1:3001 make run
"
fi
"$STOA_ROOT/scripts/build.sh"

stoa="$STOA_TARGET/release/stoa"
say "Bringing the database up to date"
"$stoa" migrate
if [ "$STOA_DEMO" = true ]; then
    "$stoa" seed
    cat <<PEOPLE

  Stoa: $STOA_PUBLIC_URL        Ctrl-C stops it

  Sign in as                    who is
  owner@demo.test               owner of the tenant "demo"
  staff@demo.test               staff of the tenant "demo"
  viewer@demo.test              viewer of the tenant "demo"
  owner@other.test              owner of the tenant "other"
  admin@stoa.test               platform admin
  password for all of them:     stoa-demo-password

PEOPLE
else
    printf '\n  Stoa: %s\n\n' "$STOA_PUBLIC_URL"
fi
exec "$stoa" serve
