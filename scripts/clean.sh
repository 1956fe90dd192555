#!/usr/bin/env bash
# Stops the private PostgreSQL and Redis of this clone and removes all that was made here. Servers named by
# DATABASE_URL or REDIS_URL are never touched, nor is the tool cache that other clones use.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$STOA_ROOT"

if [ -d "$LOCAL_DIR" ]; then scripts/services.sh destroy; fi
rm -rf .local target node_modules end2end/test-results end2end/playwright-report test-results playwright-report
note "removed: .local, target, node_modules (tools stay in $STOA_CACHE)"
