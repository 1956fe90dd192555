-- Erasing a tenant takes a state that the app's role cannot make by itself, and where each record stood is anchored where
-- that role cannot write. See docs/decisions/0025-audit-anchors.md.

-- Days between a request and the end, at least. Written by the owner of the tables alone (`stoa migrate`).
create table deletion_rule (
  only_row   boolean primary key default true check (only_row),
  least_days integer not null default 14 check (least_days between 0 and 365)
);
insert into deletion_rule default values;
grant select on deletion_rule to stoa_app;

-- Requests to delete a tenant, and their withdrawals. It only grows; the column is not called tenant_id because these rows
-- belong to the installation and outlive the tenant.
create table deletion_requests (
  id       bigint generated always as identity primary key,
  tenant   uuid not null,
  slug     text not null,
  -- By the clock of the database, which the app does not set.
  asked_at timestamptz not null default clock_timestamp(),
  -- Null: the request is taken back.
  days     integer,
  actor    text not null,
  reason   text
);
-- Serves the check before each step of an erasure.
create index deletion_requests_tenant on deletion_requests (tenant, id);

-- Where a chain stood: at its beginning, each time it passed another hundred entries, and whenever it was verified.
create table audit_anchors (
  chain uuid not null,
  seq   bigint not null,
  hash  bytea not null check (octet_length(hash) = 32),
  at    timestamptz not null default clock_timestamp(),
  primary key (chain, seq)
);

-- Where the chain of an erased tenant ended, when, and on whose request.
create table audit_seals (
  chain     uuid primary key,
  slug      text not null,
  seq       bigint not null,
  hash      bytea not null check (octet_length(hash) = 32),
  -- Since when its entries are being deleted; sealed_at once the tenant is gone.
  began_at  timestamptz not null default clock_timestamp(),
  sealed_at timestamptz,
  asked_at  timestamptz not null,
  due_at    timestamptz not null,
  actor     text not null,
  reason    text
);

-- Not forced: their owner writes them, in the functions below. The app reads its tenant's, the platform all.
alter table deletion_requests enable row level security;
alter table audit_anchors enable row level security;
alter table audit_seals enable row level security;
create policy readable on deletion_requests for select using (tenant = (select stoa_tenant()) or (select stoa_platform()));
create policy readable on audit_anchors for select using (chain = (select stoa_tenant()) or (select stoa_platform()));
create policy readable on audit_seals for select using (chain = (select stoa_tenant()) or (select stoa_platform()));
grant select on deletion_requests, audit_anchors, audit_seals to stoa_app;

-- The nil tenant is the installation: it is none, and is never deleted.
alter table tenants add constraint tenants_not_nil check (id <> '00000000-0000-0000-0000-000000000000') not valid;
-- Whether and when a tenant is deleted is written by the functions below, and an id stays what it is.
revoke insert, update on tenants from stoa_app;
do $$ declare columns text; begin
  select string_agg(quote_ident(attname), ', ') into columns from pg_attribute
    where attrelid = 'tenants'::regclass and attnum > 0 and not attisdropped
      and attname not in ('id', 'created_at', 'delete_asked_at', 'delete_after');
  execute format('grant update (%s) on tenants to stoa_app', columns);
  execute format('grant insert (id, created_at, %s) on tenants to stoa_app', columns);
end $$;
-- Before PostgreSQL 15 everyone could make objects in this schema.
do $$ begin
  revoke create on schema public from public;
exception when insufficient_privilege then null;
end $$;

-- What stood on the day of this migration.
do $$ begin
  perform set_config('app.platform', 'on', true);
  insert into audit_anchors (chain, seq, hash)
    select t.id, coalesce(h.seq, 0), coalesce(h.hash, decode(repeat('00', 32), 'hex'))
    from (select id from tenants union select tenant_id from audit_heads union select '00000000-0000-0000-0000-000000000000') t (id)
    left join audit_heads h on h.tenant_id = t.id;
  insert into deletion_requests (tenant, slug, asked_at, days, actor, reason)
    select id, slug, least(delete_asked_at, now()), greatest(0, ceil(extract(epoch from delete_after - delete_asked_at) / 86400))::integer,
      'command', suspended_for
    from tenants where delete_after is not null;
  perform set_config('app.platform', '', true);
end $$;

-- Closes the tenant of the transaction and records that it is to be deleted in `days` days; when that will be by the app's
-- clock `at`. Null when that was recorded before.
create function stoa_ask_deletion(tenant uuid, at timestamptz, why text, days integer, asked_by text) returns timestamptz
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  fewest integer;
  known text;
  ends timestamptz;
begin
  if public.stoa_tenant() is distinct from tenant then
    raise exception 'not a transaction of tenant %', tenant using errcode = '42501';
  end if;
  select r.least_days into fewest from public.deletion_rule r;
  if days is null or days < coalesce(fewest, 14) or days > 365 then
    raise exception 'a tenant is deleted after % to 365 days, not after %', coalesce(fewest, 14), days using errcode = '22023';
  end if;
  update public.tenants t set suspended_at = coalesce(t.suspended_at, stoa_ask_deletion.at), suspended_for = why,
      delete_asked_at = stoa_ask_deletion.at, delete_after = stoa_ask_deletion.at + make_interval(days => stoa_ask_deletion.days)
    where t.id = tenant and t.delete_after is null returning t.slug, t.delete_after into known, ends;
  if not found then return null; end if;
  insert into public.deletion_requests (tenant, slug, days, actor, reason) values (tenant, known, days, asked_by, why);
  return ends;
end $$;

-- Takes the request back; whether there was one.
create function stoa_withdraw_deletion(tenant uuid, asked_by text) returns boolean
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  known text;
begin
  if public.stoa_tenant() is distinct from tenant then
    raise exception 'not a transaction of tenant %', tenant using errcode = '42501';
  end if;
  update public.tenants t set delete_asked_at = null, delete_after = null
    where t.id = tenant and t.delete_after is not null returning t.slug into known;
  if not found then return false; end if;
  insert into public.deletion_requests (tenant, slug, actor) values (tenant, known, asked_by);
  return true;
end $$;

-- A shorter wait than the rule, for the owner of the tables alone: when the tenant is deleted now.
create function stoa_hasten_deletion(tenant uuid, days integer) returns timestamptz
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  known text;
  ends timestamptz;
begin
  update public.tenants t set delete_after = t.delete_asked_at + make_interval(days => stoa_hasten_deletion.days)
    where t.id = tenant and t.delete_after is not null returning t.slug, t.delete_after into known, ends;
  if found then
    insert into public.deletion_requests (tenant, slug, days, actor) values (tenant, known, greatest(days, 0), 'owner');
  end if;
  return ends;
end $$;

create or replace function stoa_may_erase(tenant uuid) returns void
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  request public.deletion_requests;
begin
  if tenant = '00000000-0000-0000-0000-000000000000' then
    raise exception 'the installation is no tenant' using errcode = '42501';
  end if;
  if public.stoa_tenant() is distinct from tenant then
    raise exception 'not a transaction of tenant %', tenant using errcode = '42501';
  end if;
  perform from public.tenants t where t.id = tenant and t.delete_after is not null for key share;
  if found then
    select r.* into request from public.deletion_requests r where r.tenant = stoa_may_erase.tenant order by r.id desc limit 1;
  end if;
  if request.days is null or clock_timestamp() < request.asked_at + make_interval(days => request.days) then
    raise exception 'tenant % is not to be deleted now', tenant using errcode = '42501';
  end if;
end $$;

-- Keeps where the tenant's chain ends, before its first entry goes. Not for the app.
create function stoa_seal_audit(tenant uuid) returns void
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into public.audit_seals (chain, slug, seq, hash, asked_at, due_at, actor, reason)
    select r.tenant, r.slug, coalesce(h.seq, 0), coalesce(h.hash, decode(repeat('00', 32), 'hex')),
      r.asked_at, r.asked_at + make_interval(days => r.days), r.actor, r.reason
    from public.deletion_requests r left join public.audit_heads h on h.tenant_id = r.tenant
    where r.tenant = stoa_seal_audit.tenant order by r.id desc limit 1
    on conflict do nothing;
end $$;

create or replace function stoa_erase(tenant uuid, table_name text, batch integer) returns bigint
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
  -- Goes with the tenant itself: until then the chain may grow, and its end is what is sealed.
  if table_name = 'audit_heads' then return 0; end if;
  if table_name like 'audit\_%' then
    perform public.stoa_seal_audit(tenant);
  end if;
  -- What was done is kept whatever happens, but for this.
  perform public.stoa_open_upkeep(table_name like 'audit\_%');
  execute format('delete from public.%I where tenant_id = $1 and ctid = any (array(select ctid from public.%I where tenant_id = $1 limit $2))',
    table_name, table_name) using tenant, greatest(batch, 1);
  get diagnostics gone = row_count;
  perform public.stoa_open_upkeep(false);
  return gone;
end $$;

create or replace function stoa_erase_tenant(tenant uuid) returns boolean
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.stoa_may_erase(tenant);
  perform public.stoa_seal_audit(tenant);
  -- Its writers wait for this row, and then find the record sealed.
  perform from public.audit_heads h where h.tenant_id = tenant for update;
  if exists (select from public.audit_entries e where e.tenant_id = tenant) then
    raise exception 'something goes on writing for tenant %', tenant using errcode = '55000';
  end if;
  update public.audit_seals s set sealed_at = clock_timestamp(), seq = coalesce(h.seq, s.seq), hash = coalesce(h.hash, s.hash)
    from (select 1) one left join public.audit_heads h on h.tenant_id = stoa_erase_tenant.tenant
    where s.chain = stoa_erase_tenant.tenant;
  delete from public.audit_heads h where h.tenant_id = tenant;
  delete from public.audit_anchors a where a.chain = tenant;
  delete from public.tenants t where t.id = tenant;
  return found;
end $$;

-- As before, and besides: the beginning is anchored, and each hundredth entry; what was sealed does not begin again.
create or replace function stoa_audit_append(
  wanted_tenant uuid, entry_at timestamptz, entry_actor text, entry_via text, entry_request text, entry_address text, entries jsonb
) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  first_seq bigint;
  last_seq bigint;
  last_hash bytea;
  entry jsonb;
  was jsonb;
  became jsonb;
begin
  if not coalesce(wanted_tenant = public.stoa_tenant(), false) and not public.stoa_platform() then
    raise exception 'this is another tenant''s record' using errcode = '42501';
  end if;
  -- A chain begins with an entry.
  if jsonb_array_length(entries) = 0 then return null; end if;
  loop
    select h.seq, h.hash into last_seq, last_hash from public.audit_heads h where h.tenant_id = wanted_tenant for update;
    exit when found;
    if exists (select from public.audit_seals s where s.chain = wanted_tenant and s.sealed_at is not null) then
      raise exception 'the record of tenant % is sealed', wanted_tenant using errcode = '42501';
    end if;
    insert into public.audit_heads (tenant_id) values (wanted_tenant) on conflict do nothing;
  end loop;
  first_seq := last_seq;
  for entry in select * from jsonb_array_elements(entries) loop
    was := nullif(entry -> 'before', 'null');
    became := nullif(entry -> 'after', 'null');
    last_seq := last_seq + 1;
    last_hash := sha256(last_hash || convert_to(public.stoa_audit_text(
      wanted_tenant::text, last_seq::text, (extract(epoch from entry_at) * 1000000)::bigint::text, (entry ->> 'id'),
      entry_actor, entry_via, entry ->> 'action', entry ->> 'subject', was::text, became::text,
      entry_request, entry_address), 'UTF8'));
    insert into public.audit_entries values (wanted_tenant, entry_at, (entry ->> 'id')::uuid, last_seq, entry_actor,
      entry_via, entry ->> 'action', entry ->> 'subject', was, became, entry_request, entry_address, last_hash);
  end loop;
  update public.audit_heads h set seq = last_seq, hash = last_hash where h.tenant_id = wanted_tenant;
  if last_seq > first_seq and (first_seq = 0 or last_seq / 100 > first_seq / 100) then
    insert into public.audit_anchors (chain, seq, hash) values (wanted_tenant, last_seq, last_hash) on conflict do nothing;
  end if;
  return last_seq;
end $$;

-- Anchors where the chain of the transaction's tenant stands now. Nothing of it comes from the caller, and an anchor that
-- is there stays as it is.
create function stoa_audit_anchor(wanted_tenant uuid) returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not coalesce(wanted_tenant = public.stoa_tenant(), false) and not public.stoa_platform() then
    raise exception 'this is another tenant''s record' using errcode = '42501';
  end if;
  insert into public.audit_anchors (chain, seq, hash)
    select h.tenant_id, h.seq, h.hash from public.audit_heads h where h.tenant_id = wanted_tenant
      and h.seq > coalesce((select max(a.seq) from public.audit_anchors a where a.chain = wanted_tenant), -1)
    on conflict do nothing;
end $$;

revoke all on function stoa_ask_deletion(uuid, timestamptz, text, integer, text), stoa_withdraw_deletion(uuid, text),
  stoa_hasten_deletion(uuid, integer), stoa_seal_audit(uuid), stoa_audit_anchor(uuid) from public;
grant execute on function stoa_ask_deletion(uuid, timestamptz, text, integer, text), stoa_withdraw_deletion(uuid, text),
  stoa_audit_anchor(uuid) to stoa_app;
