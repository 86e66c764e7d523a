#!/bin/sh
# Creates the portal's database and its two roles, when the database server is created. infrastructure/database-roles runs
# it again for a database that exists; it then repairs what differs, and changes nothing else.
#
#   portal_owner  owns the database, its schema and its tables. Only the one-shot `migrations` connects as this role
#   portal        reads and writes rows. It cannot create, change, empty or drop a table
#
# The superuser has no password: only the system user of the same name, inside the container, can be it:
#
#   docker compose exec database psql
set -eu
for name in database_password database_owner_password; do
    [ -s "/run/secrets/$name" ] || { echo "/run/secrets/$name is missing or empty" >&2; exit 1; }
done
run() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres --output /dev/null "$@"; }

run --dbname postgres <<'SQL'
\set owner_password `cat /run/secrets/database_owner_password`
\set password `cat /run/secrets/database_password`
SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['portal', 'portal_owner']) AS name
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE portal_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE portal LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
SELECT 'CREATE DATABASE portal' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portal') \gexec
ALTER DATABASE portal OWNER TO portal_owner;
REVOKE ALL ON DATABASE portal FROM PUBLIC, portal;
GRANT CONNECT ON DATABASE portal TO portal;
ALTER ROLE postgres PASSWORD NULL;
SQL

run --dbname portal <<'SQL'
BEGIN;
ALTER SCHEMA public OWNER TO portal_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC, portal;
GRANT USAGE ON SCHEMA public TO portal;
-- The tables of a database that had one role: portal reads and writes them, and owns them no longer.
SELECT format(
        'ALTER TABLE %1$s OWNER TO portal_owner; GRANT SELECT, INSERT, UPDATE, DELETE ON %1$s TO portal', oid::regclass
    ) FROM pg_class WHERE relowner = 'portal'::regrole AND relkind IN ('r', 'p', 'v', 'm', 'f') \gexec
REASSIGN OWNED BY portal TO portal_owner;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO portal;
-- The tables that later migrations create.
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO portal;
COMMIT;
SQL
