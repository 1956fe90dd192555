-- The record of what was done: it only grows, each entry is chained to the one before it of the same tenant, and it lies
-- in a partition a month. See docs/decisions/0016-audit-chain.md.
--
-- The app may read it and may append to it through one function, which alone knows the end of the chain. Nobody may
-- change or remove an entry: not the app, which lacks the grants, and not the owner of the tables, whom row level
-- security refuses as well.

alter table audit_entries rename to audit_entries_old;
alter table audit_entries_old rename constraint audit_entries_pkey to audit_entries_old_pkey;
alter table audit_entries_old no force row level security;

create table audit_entries (
  -- The nil uuid for what concerns the installation as a whole. No foreign key: the record outlives what it tells of.
  tenant_id  uuid not null,
  at         timestamptz not null,
  id         uuid not null,
  -- The place in the tenant's chain, from 1, without holes.
  seq        bigint not null,
  -- 'user:<id>', 'key:<id>', 'command', 'job' or 'nobody'.
  actor      text not null,
  via        text not null check (via in ('page', 'api', 'job', 'platform', 'command')),
  action     text not null,
  subject    text not null,
  -- The fields that it concerned, as they were and as they are.
  before     jsonb,
  after      jsonb,
  request_id text,
  address    text,
  -- SHA-256 of the hash before it and of everything above.
  hash       bytea not null check (octet_length(hash) = 32),
  primary key (tenant_id, at, id)
) partition by range (at);
-- Serves the walk along the chain.
create index audit_entries_seq on audit_entries (tenant_id, seq);
-- Orders taken in are by far the most entries: whoever looks for anything else need not pass them.
create index audit_entries_rare on audit_entries (tenant_id, at, id) where action <> 'order.place';
create index audit_entries_platform on audit_entries (at, id) where action <> 'order.place';

-- The end of each tenant's chain.
create table audit_heads (
  tenant_id uuid primary key,
  seq       bigint not null default 0,
  hash      bytea not null default decode(repeat('00', 32), 'hex')
);

-- The wall, and besides: no way to change what is there. Only upkeep, which runs with the owner's rights, may take rows
-- out of the default partition, and tenants that are deleted may take their record along.
create function stoa_wall_audit(wall_table regclass) returns void language plpgsql as $$
begin
  perform stoa_wall_with_door(wall_table);
  execute format('create policy unchanged on %s as restrictive for update using (false)', wall_table);
  execute format('create policy kept on %s as restrictive for delete using ((select stoa_upkeep()))', wall_table);
  execute format(
    'create policy upkeep on %s to %I using ((select stoa_upkeep())) with check ((select stoa_upkeep()))',
    wall_table, current_user);
  execute format('revoke all on %s from public', wall_table);
end $$;
revoke all on function stoa_wall_audit(regclass) from public;

create table audit_entries_default partition of audit_entries default;
select stoa_wall_audit('audit_entries');
select stoa_wall_audit('audit_entries_default');
select stoa_wall_with_door('audit_heads');
grant select on audit_entries, audit_heads to stoa_app;

-- Makes the month of `day`; rows of it that lie in the default partition move along. Whether it was made.
create function stoa_make_audit_month(day date) returns boolean
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '80ms' as $$
declare
  first timestamptz := date_trunc('month', day::timestamp) at time zone 'UTC';
  after timestamptz := (date_trunc('month', day::timestamp) + interval '1 month') at time zone 'UTC';
  name text := 'audit_entries_' || to_char(date_trunc('month', day::timestamp), 'YYYY"m"MM');
begin
  if day is null or day < date '1990-01-01' or day >= date '2200-01-01' then
    raise exception 'no partition for %', day using errcode = '22008';
  end if;
  if to_regclass(format('public.%I', name)) is not null then
    return false;
  end if;
  perform pg_advisory_xact_lock(hashtext('stoa_partitions'), hashtext('audit_entries'));
  if to_regclass(format('public.%I', name)) is not null then
    return false;
  end if;
  execute format('create table public.%I (like public.audit_entries including all)', name);
  perform public.stoa_wall_audit(format('public.%I', name)::regclass);
  perform public.stoa_open_upkeep(true);
  lock table public.audit_entries_default in access exclusive mode;
  execute format('with moved as (delete from public.audit_entries_default where at >= $1 and at < $2 returning *) insert into public.%I select * from moved', name)
    using first, after;
  perform public.stoa_open_upkeep(false);
  execute format('alter table public.audit_entries attach partition public.%I for values from (%L) to (%L)', name, first, after);
  return true;
end $$;
revoke all on function stoa_make_audit_month(date) from public;
grant execute on function stoa_make_audit_month(date) to stoa_app;

select stoa_make_audit_month((now() at time zone 'UTC')::date);
select stoa_make_audit_month(((now() at time zone 'UTC') + interval '1 month')::date);
select stoa_make_audit_month(((now() at time zone 'UTC') + interval '2 months')::date);

-- What is hashed: each part behind its length in bytes, so that no two entries have the same text.
create function stoa_audit_text(variadic parts text[]) returns text language sql immutable parallel safe
  as $$ select string_agg(coalesce(octet_length(p)::text || ':' || p, '-'), ',' order by n) from unnest(parts) with ordinality u (p, n) $$;

-- Appends to the chain of `wanted_tenant`; its writers wait for each other until they commit. `entries` is a list of objects
-- with id, action, subject, before and after.
create function stoa_audit_append(
  wanted_tenant uuid, entry_at timestamptz, entry_actor text, entry_via text, entry_request text, entry_address text, entries jsonb
) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  last_seq bigint;
  last_hash bytea;
  entry jsonb;
  was jsonb;
  became jsonb;
begin
  if not coalesce(wanted_tenant = public.stoa_tenant(), false) and not public.stoa_platform() then
    raise exception 'this is another tenant''s record' using errcode = '42501';
  end if;
  loop
    select h.seq, h.hash into last_seq, last_hash from public.audit_heads h where h.tenant_id = wanted_tenant for update;
    exit when found;
    insert into public.audit_heads (tenant_id) values (wanted_tenant) on conflict do nothing;
  end loop;
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
  return last_seq;
end $$;
revoke all on function stoa_audit_append(uuid, timestamptz, text, text, text, text, jsonb) from public;
grant execute on function stoa_audit_append(uuid, timestamptz, text, text, text, text, jsonb), stoa_audit_text(text[]) to stoa_app;

-- What was noted so far becomes the beginning of each chain.
do $$ declare t uuid; e record; begin
  for t in select distinct tenant_id from audit_entries_old loop
    perform set_config('app.tenant', t::text, true);
    for e in select * from audit_entries_old where tenant_id = t order by at, id loop
      perform stoa_audit_append(t, e.at, e.actor,
        case when e.actor like 'user:%' then 'page' when e.actor like 'key:%' then 'api' when e.actor = 'job' then 'job' else 'command' end,
        e.request_id, null, jsonb_build_array(jsonb_build_object(
          'id', e.id::text, 'action', e.action, 'subject', e.subject, 'after', nullif(e.details, '{}'))));
    end loop;
  end loop;
  perform set_config('app.tenant', '', true);
end $$;
drop table audit_entries_old;
