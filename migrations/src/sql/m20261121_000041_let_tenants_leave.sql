-- Why a tenant is suspended, and tenants that are about to be deleted.

alter table tenants
  -- Told to its people and programs.
  add column suspended_for   text,
  -- Since when somebody wants it gone, and from when on nothing of it is kept. Until then that can be taken back.
  add column delete_asked_at timestamptz,
  add column delete_after    timestamptz,
  add check ((delete_asked_at is null) = (delete_after is null));
-- Serves the job that deletes.
create index tenants_leaving on tenants (delete_after) where delete_after is not null;

-- How many stores there are, for the platform: stores have no door for it.
create function stoa_store_count() returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  found bigint;
begin
  if not public.stoa_platform() then return null; end if;
  perform set_config('app.backup', 'on', true);
  select count(*) into found from stores;
  perform set_config('app.backup', '', true);
  return found;
end $$;
revoke all on function stoa_store_count() from public;
grant execute on function stoa_store_count() to stoa_app;
