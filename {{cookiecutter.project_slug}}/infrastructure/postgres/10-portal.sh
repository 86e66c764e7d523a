#!/bin/sh
# Creates the portal's role and database. It runs once, when the database server is created. The role owns its database and
# nothing else. The superuser has no password: only the system user of the same name, inside the container, can be it:
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
