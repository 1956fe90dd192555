-- Roles and database of a Stoa installation. Safe to run again. The passwords come from the environment, STOA_OWNER_PASSWORD
-- and STOA_APP_PASSWORD: arguments of psql are seen by every account of the machine.
\getenv owner_password STOA_OWNER_PASSWORD
\getenv app_password STOA_APP_PASSWORD
-- stoa_owner owns the tables and migrates them; stoa_app serves requests, owns nothing and cannot pass row level security.
SET client_min_messages = warning;
SELECT set_config('pg_stat_statements.track_utility', 'off', false);
SET log_statement = 'none';

SELECT 'CREATE ROLE stoa_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stoa_owner') \gexec
SELECT 'CREATE ROLE stoa_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stoa_app') \gexec
ALTER ROLE stoa_owner LOGIN CREATEDB CREATEROLE NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE stoa_app LOGIN NOCREATEDB NOCREATEROLE NOSUPERUSER NOBYPASSRLS PASSWORD :'app_password';

SELECT 'CREATE DATABASE stoa OWNER stoa_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'stoa') \gexec
REVOKE CONNECT ON DATABASE stoa FROM PUBLIC;
GRANT CONNECT ON DATABASE stoa TO stoa_app;

-- What scratch databases are made from, in which backups are read back: only a superuser can put amcheck there.
SELECT 'CREATE DATABASE stoa_scratch_template OWNER stoa_owner IS_TEMPLATE true' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'stoa_scratch_template') \gexec
\connect stoa_scratch_template
SET client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS amcheck;
SELECT 'CREATE EXTENSION IF NOT EXISTS amcheck SCHEMA amcheck' WHERE EXISTS (SELECT FROM pg_available_extensions WHERE name = 'amcheck') \gexec
GRANT USAGE ON SCHEMA amcheck TO stoa_owner;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA amcheck TO stoa_owner;
