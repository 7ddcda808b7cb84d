-- A reading account for VENDORA on a Postgres database of its own. $name is filled in by `vendora warehouse harden`.
-- section: database
REVOKE CREATE, TEMPORARY ON DATABASE $database FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_catalog.lo_put(oid, bigint, bytea), pg_catalog.lo_unlink(oid), pg_catalog.lo_open(oid, integer) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_notify(text, text), pg_catalog.pg_sleep(double precision) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_advisory_lock(bigint), pg_catalog.pg_advisory_lock(integer, integer) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_export_snapshot(), pg_catalog.pg_logical_emit_message(boolean, text, text, boolean) FROM PUBLIC;
-- section: role
CREATE ROLE $role LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 50;
ALTER ROLE $role SET default_transaction_read_only = on;
ALTER ROLE $role SET statement_timeout = '30s';
ALTER ROLE $role SET lock_timeout = '2s';
ALTER ROLE $role SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE $role SET temp_file_limit = '1GB';
ALTER ROLE $role SET work_mem = '64MB';
ALTER ROLE $role SET timezone = 'UTC';
ALTER ROLE $role SET search_path = public;
GRANT CONNECT ON DATABASE $database TO $role;
GRANT USAGE ON SCHEMA public TO $role;
-- section: table
GRANT SELECT ON TABLE public.$table TO $role;
-- section: view
ALTER VIEW public.$table SET (security_invoker = true);
-- section: stores
CREATE TABLE IF NOT EXISTS public.vendora_role_store (role_name text NOT NULL, dealership_id text NOT NULL, PRIMARY KEY (role_name, dealership_id));
-- section: store_role
GRANT SELECT ON TABLE public.vendora_role_store TO $role;
DELETE FROM public.vendora_role_store WHERE role_name = $role_text;
INSERT INTO public.vendora_role_store VALUES ($role_text, $store_text);
-- section: rls
ALTER TABLE public.$table ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS vendora_store ON public.$table;
CREATE POLICY vendora_store ON public.$table FOR SELECT USING ($condition);
DROP POLICY IF EXISTS vendora_pool ON public.$table;
CREATE POLICY vendora_pool ON public.$table FOR SELECT TO $role USING (true);
