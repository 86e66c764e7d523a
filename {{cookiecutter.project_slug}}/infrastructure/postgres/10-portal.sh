#!/bin/sh
# Runs once, when the database is made: the portal's role and database. The role owns its database and nothing else; the
# superuser has no password, and is reached only inside the container, by the system's user of the same name:
#
#   docker compose exec database psql
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres <<'SQL'
\getenv password PORTAL_PASSWORD
CREATE ROLE portal LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE portal OWNER portal;
REVOKE ALL ON DATABASE portal FROM PUBLIC;
\connect portal
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO portal;
ALTER ROLE postgres PASSWORD NULL;
SQL
