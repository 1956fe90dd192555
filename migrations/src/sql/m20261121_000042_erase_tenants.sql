-- Erasing a tenant. The program may not delete most of its rows, so these run with the owner's rights; they work only
-- for a tenant that somebody wanted gone and whose time is over, and only within a transaction of that tenant.

create function stoa_may_erase(tenant uuid) returns void
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if public.stoa_tenant() is distinct from tenant then
    raise exception 'not a transaction of tenant %', tenant using errcode = '42501';
  end if;
  perform from public.tenants t where t.id = tenant and t.delete_after <= clock_timestamp();
  if not found then
    raise exception 'tenant % is not to be deleted now', tenant using errcode = '42501';
  end if;
end $$;

-- Deletes up to `batch` rows of one table, or of one partition, that belong to the tenant; how many. Backups are not
-- among them: the program deletes their rows together with their objects.
create function stoa_erase(tenant uuid, table_name text, batch integer) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  gone bigint;
begin
  perform public.stoa_may_erase(tenant);
  if table_name = 'backups' or not exists (
    select from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname = table_name) then
    raise exception 'no tenant''s rows to be erased in %', table_name using errcode = '22023';
  end if;
  -- What was done is kept whatever happens, but for this.
  perform public.stoa_open_upkeep(table_name like 'audit\_%');
  execute format('delete from public.%I where tenant_id = $1 and ctid = any (array(select ctid from public.%I where tenant_id = $1 limit $2))',
    table_name, table_name) using tenant, greatest(batch, 1);
  get diagnostics gone = row_count;
  perform public.stoa_open_upkeep(false);
  return gone;
end $$;

-- Deletes the tenant itself, which no row may name any more. False when it was gone before.
create function stoa_erase_tenant(tenant uuid) returns boolean
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.stoa_may_erase(tenant);
  delete from public.tenants t where t.id = tenant;
  return found;
end $$;

revoke all on function stoa_may_erase(uuid), stoa_erase(uuid, text, integer), stoa_erase_tenant(uuid) from public;
grant execute on function stoa_erase(uuid, text, integer), stoa_erase_tenant(uuid) to stoa_app;
