-- Quarters that left the database for files in the object store. No tenant's data: which quarter, how far, how much.
-- Rows of a quarter may come after it was archived; then it is archived again, as a further part.
create table partition_archives (
  quarter     date not null,
  part        smallint not null,
  -- planned: files are being written. written: all files and the manifest are there. verified: read back and equal to
  -- the rows. detached: out of sight, frozen, compared once more. dropped: the files alone hold the rows.
  -- restoring, restored: the way back.
  state       text not null check (state in ('planned', 'written', 'verified', 'detached', 'dropped', 'restoring', 'restored')),
  -- Folder in the object store.
  location    text not null,
  -- SHA-256 of manifest.json, once written.
  manifest    bytea,
  orders      bigint not null default 0,
  items       bigint not null default 0,
  -- Of all files, compressed.
  bytes       bigint not null default 0,
  planned_at  timestamptz not null,
  verified_at timestamptz,
  -- Since when its orders are out of sight.
  detached_at timestamptz,
  -- When the frozen rows were found equal to the files.
  compared_at timestamptz,
  dropped_at  timestamptz,
  restored_at timestamptz,
  -- Why the last attempt stopped.
  error       text,
  primary key (quarter, part)
);
grant select, insert, update on partition_archives to stoa_app;

-- Quarters of which orders are out of sight. Serves an order's page, the verification of figures, and the list of partitions.
create view archived_quarters as
select quarter, min(detached_at) as since, stoa_quarter_start(quarter) as begins,
  stoa_quarter_start((quarter + interval '3 months')::date) as ends
from partition_archives where state in ('detached', 'dropped', 'restoring') group by quarter;
grant select on archived_quarters to stoa_app;

-- As before, but an order for an archived quarter does not bring the quarter back by itself: it goes to the default
-- partition, which says so, and upkeep gives it a place.
create or replace function stoa_ensure_quarter(day date) returns boolean
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '80ms' as $$
declare
  orders_state text;
  items_state text;
begin
  if exists (select from public.archived_quarters a where a.quarter = public.stoa_quarter_start(day)::date) then
    return false;
  end if;
  orders_state := public.stoa_make_quarter('orders', day);
  items_state := public.stoa_make_quarter('order_items', day);
  return orders_state = 'made' or items_state = 'made';
end $$;

-- The tables of a quarter that are no partitions: 'detached' (frozen, before they are dropped) and 'restoring'.
create function stoa_aside_name(parent text, day date, aside text) returns text language plpgsql immutable as $$
begin
  if aside not in ('detached', 'restoring') or aside is null then
    raise exception 'no tables are %', aside using errcode = '22023';
  end if;
  return stoa_quarter_name(parent, day) || '_' || aside;
end $$;

-- Takes both tables of a quarter out of sight, if a verified archive holds them: in one transaction, because an order
-- without its lines would be wrong. The app may then read them (to compare), each tenant behind the same wall.
create function stoa_detach_quarter(day date, at timestamptz) returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '80ms' as $$
declare
  first date := public.stoa_quarter_start(day)::date;
  name text;
  aside text;
  parent text;
begin
  perform pg_advisory_xact_lock(hashtext('stoa_partitions'), hashtext('orders'));
  perform pg_advisory_xact_lock(hashtext('stoa_partitions'), hashtext('order_items'));
  perform from public.partition_archives a where a.quarter = first and a.state = 'verified' and a.verified_at is not null for update;
  if not found then
    raise exception 'no verified archive of %', first using errcode = '55000';
  end if;
  lock table public.orders in access exclusive mode;
  lock table public.order_items in access exclusive mode;
  foreach parent in array array['orders', 'order_items'] loop
    name := public.stoa_quarter_name(parent, day);
    aside := public.stoa_aside_name(parent, day, 'detached');
    execute format('alter table public.%I detach partition public.%I', parent, name);
    execute format('alter table public.%I rename to %I', name, aside);
    execute format('grant select on public.%I to stoa_app', aside);
  end loop;
  delete from public.partition_marks m where m.quarter = first;
  update public.partition_archives a set state = 'detached', detached_at = at where a.quarter = first and a.state = 'verified';
end $$;

-- Drops what was detached, if it was compared since and has as many rows as the files.
create function stoa_drop_archived(day date, at timestamptz) returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '80ms' as $$
declare
  first date := public.stoa_quarter_start(day)::date;
  archive public.partition_archives;
  kept_orders bigint;
  kept_items bigint;
begin
  select * into archive from public.partition_archives a
    where a.quarter = first and a.state = 'detached' and a.compared_at >= a.detached_at for update;
  if not found then
    raise exception 'no compared archive of %', first using errcode = '55000';
  end if;
  perform public.stoa_open_upkeep(true);
  execute format('select count(*) from public.%I', public.stoa_aside_name('orders', day, 'detached')) into kept_orders;
  execute format('select count(*) from public.%I', public.stoa_aside_name('order_items', day, 'detached')) into kept_items;
  perform public.stoa_open_upkeep(false);
  if kept_orders <> archive.orders or kept_items <> archive.items then
    raise exception 'the archive of % has % orders and % lines, its tables % and %', first, archive.orders, archive.items, kept_orders, kept_items
      using errcode = '55000';
  end if;
  execute format('drop table public.%I, public.%I', public.stoa_aside_name('orders', day, 'detached'), public.stoa_aside_name('order_items', day, 'detached'));
  update public.partition_archives a set state = 'dropped', dropped_at = at where a.quarter = archive.quarter and a.part = archive.part;
end $$;

-- Empty tables in which an archive is unpacked: walled before the first row, not in sight, with the quarter's span as
-- a constraint, so that joining them later needs no look at their rows.
create function stoa_stage_quarter(day date) returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '80ms' as $$
declare
  first timestamptz := public.stoa_quarter_start(day);
  after timestamptz := public.stoa_quarter_start((date_trunc('quarter', day::timestamp) + interval '3 months')::date);
  aside text;
  parent text;
begin
  if not exists (select from public.partition_archives a where a.quarter = first::date and a.state = 'restoring') then
    raise exception 'no archive of % is being restored', first using errcode = '55000';
  end if;
  foreach parent in array array['orders', 'order_items'] loop
    aside := public.stoa_aside_name(parent, day, 'restoring');
    execute format('drop table if exists public.%I', aside);
    execute format('create table public.%I (like public.%I including all, constraint %I check (placed_at >= %L and placed_at < %L))',
      aside, parent, aside || '_span', first, after);
    perform public.stoa_wall_partition(format('public.%I', aside)::regclass);
    execute format('grant select, insert on public.%I to stoa_app', aside);
  end loop;
end $$;

-- Joins what was unpacked and compared: 'attached'; 'there' when a partition holds later orders of the quarter (then
-- rows are merged), 'net' when the default partition does (then they are moved first).
create function stoa_attach_restored(day date, at timestamptz) returns text
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '80ms' as $$
declare
  first timestamptz := public.stoa_quarter_start(day);
  after timestamptz := public.stoa_quarter_start((date_trunc('quarter', day::timestamp) + interval '3 months')::date);
  name text;
  aside text;
  parent text;
  found boolean;
begin
  perform pg_advisory_xact_lock(hashtext('stoa_partitions'), hashtext('orders'));
  perform pg_advisory_xact_lock(hashtext('stoa_partitions'), hashtext('order_items'));
  perform from public.partition_archives a where a.quarter = first::date and a.state = 'restoring' for update;
  if not found then
    raise exception 'no archive of % is being restored', first using errcode = '55000';
  end if;
  foreach parent in array array['orders', 'order_items'] loop
    perform public.stoa_open_upkeep(true);
    execute format('select exists (select from public.%I where placed_at >= %L and placed_at < %L)', parent || '_default', first, after) into found;
    perform public.stoa_open_upkeep(false);
    if found then
      return 'net';
    end if;
    if to_regclass(format('public.%I', public.stoa_quarter_name(parent, day))) is not null then
      return 'there';
    end if;
  end loop;
  foreach parent in array array['orders', 'order_items'] loop
    name := public.stoa_quarter_name(parent, day);
    aside := public.stoa_aside_name(parent, day, 'restoring');
    execute format('revoke all on public.%I from stoa_app', aside);
    execute format('alter table public.%I rename to %I', aside, name);
    execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)', parent, name, first, after);
    execute format('alter table public.%I drop constraint %I', name, aside || '_span');
    insert into public.partition_marks (parent, quarter, made_at) values (parent, first::date, now())
      on conflict on constraint partition_marks_pkey do update set made_at = excluded.made_at, analysed_at = null;
  end loop;
  update public.partition_archives a set state = 'restored', restored_at = at, error = null where a.quarter = first::date and a.state = 'restoring';
  return 'attached';
end $$;

-- Moves up to `batch` unpacked rows to the partition that is there; how many. Lines first: they show when their order does.
create function stoa_merge_restored(day date, batch integer, at timestamptz) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '80ms' as $$
declare
  parent text;
  aside text;
  moved bigint;
begin
  if not exists (select from public.partition_archives a where a.quarter = public.stoa_quarter_start(day)::date and a.state = 'restoring') then
    raise exception 'no archive of % is being restored', day using errcode = '55000';
  end if;
  foreach parent in array array['order_items', 'orders'] loop
    aside := public.stoa_aside_name(parent, day, 'restoring');
    perform public.stoa_open_upkeep(true);
    -- What an attempt that died had moved already is there, and perhaps newer.
    execute format('with moved as (delete from public.%I where ctid = any (array(select ctid from public.%I limit %s)) returning *), '
      'put as (insert into public.%I select * from moved on conflict do nothing) select count(*) from moved',
      aside, aside, greatest(batch, 1), public.stoa_quarter_name(parent, day)) into moved;
    perform public.stoa_open_upkeep(false);
    if moved > 0 then
      return moved;
    end if;
  end loop;
  execute format('drop table public.%I, public.%I', public.stoa_aside_name('orders', day, 'restoring'), public.stoa_aside_name('order_items', day, 'restoring'));
  update public.partition_archives a set state = 'restored', restored_at = at, error = null
    where a.quarter = public.stoa_quarter_start(day)::date and a.state = 'restoring';
  return 0;
end $$;

revoke all on function stoa_detach_quarter(date, timestamptz), stoa_drop_archived(date, timestamptz), stoa_stage_quarter(date),
  stoa_attach_restored(date, timestamptz), stoa_merge_restored(date, integer, timestamptz) from public;
grant execute on function stoa_detach_quarter(date, timestamptz), stoa_drop_archived(date, timestamptz), stoa_stage_quarter(date),
  stoa_attach_restored(date, timestamptz), stoa_merge_restored(date, integer, timestamptz) to stoa_app;
