#!/usr/bin/env bash
# Runs once, when the PostgreSQL container makes its empty data folder: roles, database, statistics extension.
set -euo pipefail
: "${STOA_OWNER_PASSWORD:?}" "${STOA_APP_PASSWORD:?}"
export STOA_OWNER_PASSWORD STOA_APP_PASSWORD
psql -X -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -f - </deploy/roles.sql >/dev/null
psql -X -q -U "$POSTGRES_USER" -d stoa -c 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements'
