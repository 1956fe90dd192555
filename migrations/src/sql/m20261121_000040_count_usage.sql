-- What tiers allow, and how much of it is used where counting rows would take too long.

alter table tiers
  -- Features that the tier leaves out; it has all others.
  add column lacks      text[] not null default '{}',
  -- Since when nobody is put on it any more. Who is on it stays.
  add column retired_at timestamptz;

-- What is done to the installation itself, to tiers for instance, is recorded under the nil tenant.
alter table audit_entries drop constraint if exists audit_entries_tenant_id_fkey;

-- Orders by calendar month of the store's days, added to in the transaction of the order. What is cancelled stays counted.
create table usage_months (
  tenant_id  uuid not null,
  -- Its first day.
  month      date not null,
  orders     bigint not null default 0,
  -- Since when orders were taken in above what the tier then allowed; null while there were none.
  over_since timestamptz,
  primary key (tenant_id, month)
) with (fillfactor = 50);
select stoa_wall_with_door('usage_months');

-- What grows without end and is too much to be counted on a page.
create table usage_totals (
  tenant_id           uuid primary key,
  products            bigint not null default 0,
  products_over_since timestamptz
) with (fillfactor = 50);
select stoa_wall_with_door('usage_totals');

grant select, insert, update, delete on usage_months, usage_totals to stoa_app;

-- Moves on with every change of what a tenant is allowed: the generation of what is remembered about that.
insert into platform_generations (name) values ('tiers');

-- What is there already.
select set_config('app.backup', 'on', true), set_config('app.platform', 'on', true);
insert into usage_months (tenant_id, month, orders)
select tenant_id, date_trunc('month', day)::date, sum(orders + cancelled + return_orders) from rollup_days
group by 1, 2 having sum(orders + cancelled + return_orders) > 0;
insert into usage_totals (tenant_id, products) select tenant_id, count(*) from products group by 1;
select set_config('app.backup', '', true), set_config('app.platform', '', true);

-- What tenants use of their limits, for the platform: figures, never rows. It runs with the owner's rights and answers
-- the platform alone. No more tenants at once than a page shows, or than are on one tier.
create function stoa_usage(tenants uuid[], month date) returns table (
    tenant_id uuid, stores bigint, members bigint, api_keys bigint, products bigint, orders bigint, storage_bytes bigint,
    over_since timestamptz, last_seen timestamptz, last_event timestamptz)
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not public.stoa_platform() then return; end if;
  perform set_config('app.backup', 'on', true);
  return query select t.id,
      (select count(*) from stores s where s.tenant_id = t.id),
      (select count(*) from memberships m where m.tenant_id = t.id),
      (select count(*) from api_keys k where k.tenant_id = t.id and k.revoked_at is null),
      coalesce(u.products, 0), coalesce(o.orders, 0),
      (select coalesce(sum(r.file_size), 0)::bigint from import_runs r
        where r.tenant_id = t.id and r.status in ('checking', 'checked', 'queued', 'running'))
      + (select coalesce(sum(b.bytes), 0)::bigint from backups b where b.tenant_id = t.id and b.removed_at is null),
      o.over_since,
      (select max(s.seen_at) from memberships m join sessions s on s.user_id = m.user_id where m.tenant_id = t.id),
      (select e.at from feed_heads h join feed_events e on e.tenant_id = h.tenant_id and e.seq = h.last_seq where h.tenant_id = t.id)
    from unnest(stoa_usage.tenants) t (id)
    left join usage_totals u on u.tenant_id = t.id
    left join usage_months o on o.tenant_id = t.id and o.month = stoa_usage.month;
  perform set_config('app.backup', '', true);
end $$;
revoke all on function stoa_usage(uuid[], date) from public;
grant execute on function stoa_usage(uuid[], date) to stoa_app;
