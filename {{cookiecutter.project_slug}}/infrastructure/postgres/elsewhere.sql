-- Creates the portal's database and its three roles on a PostgreSQL server elsewhere, or repairs what differs. Run it in the
-- portal's folder as a user who may create roles and databases:
--
--   psql "postgresql://ADMIN@db.example.edu/postgres?sslmode=verify-full" --file infrastructure/postgres/elsewhere.sql
--
-- create-roles says what each role may do. It reads the passwords of secrets/, which infrastructure/write-secrets writes.
\set ON_ERROR_STOP 1
\set owner_password `cat secrets/database_owner_password`
\set password `cat secrets/database_password`
\set backup_password `cat secrets/database_backup_password`
SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['portal', 'portal_owner', 'portal_backup']) AS name
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE portal_owner LOGIN CREATEDB PASSWORD :'owner_password';
ALTER ROLE portal LOGIN PASSWORD :'password';
ALTER ROLE portal_backup LOGIN CONNECTION LIMIT 10 PASSWORD :'backup_password';
GRANT pg_read_all_data TO portal_backup;
GRANT portal_owner TO CURRENT_USER;  -- to create what belongs to it
SELECT 'CREATE DATABASE portal OWNER portal_owner ENCODING ''UTF8'' TEMPLATE template0'
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portal') \gexec
REVOKE ALL ON DATABASE portal FROM PUBLIC, portal, portal_backup;
GRANT CONNECT ON DATABASE portal TO portal, portal_backup, CURRENT_USER;
\connect portal
SET ROLE portal_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC, portal;
GRANT USAGE ON SCHEMA public TO portal;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO portal;
SELECT 'GRANT INSERT ON core_backups_backuprun TO portal_backup' WHERE to_regclass('core_backups_backuprun') IS NOT NULL \gexec
