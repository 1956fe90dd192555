-- A net under the quarters: a default partition for each table, so that an order is stored also while its quarter
-- cannot be made. See docs/decisions/0012-partitions.md.
--
-- The app owns nothing, so everything here that changes a table is a function with its owner's rights: fixed search
-- path, names built from a known parent and a day alone, short lock timeouts. Callers try again.

-- Upkeep moves rows of all tenants at once. Its door in the wall is one for the owner of the tables alone, and opens
-- only while one of the functions below holds app.upkeep; for the app's role there is no such door.
create function stoa_upkeep() returns boolean language sql stable parallel safe
  as $$ select coalesce(current_setting('app.upkeep', true), '') = 'on' $$;

-- Opens the door until the end of the transaction, or shuts it. Not for the app.
create function stoa_open_upkeep(opened boolean) returns void language sql
  as $$ select set_config('app.upkeep', case when opened then 'on' else '' end, true) $$;
revoke all on function stoa_open_upkeep(boolean) from public;

create function stoa_wall_partition(wall_table regclass) returns void language plpgsql as $$
begin
  perform stoa_wall(wall_table);
  execute format(
    'create policy upkeep on %s to %I using ((select stoa_upkeep())) with check ((select stoa_upkeep()))',
    wall_table, current_user);
  execute format('revoke all on %s from public', wall_table);
end $$;
revoke all on function stoa_wall_partition(regclass) from public;

create table orders_default partition of orders default;
create table order_items_default partition of order_items default;
select stoa_wall_partition('orders_default');
select stoa_wall_partition('order_items_default');
-- Serve upkeep, which takes the oldest rows of a quarter first, whoever's they are.
create index orders_default_placed on orders_default (placed_at);
create index order_items_default_placed on order_items_default (placed_at);

do $$ declare t regclass; begin
  for t in select i.inhrelid from pg_inherits i join pg_class c on c.oid = i.inhrelid
           where i.inhparent in ('orders'::regclass, 'order_items'::regclass) and pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT' loop
    execute format('create policy upkeep on %s to %I using ((select stoa_upkeep())) with check ((select stoa_upkeep()))',
      t, current_user);
  end loop;
end $$;

-- When each partition was made and analysed. No tenant's data.
create table partition_marks (
  parent      text not null,
  quarter     date not null,
  made_at     timestamptz,
  analysed_at timestamptz,
  primary key (parent, quarter)
);

-- The last upkeep of each table: when it was tried, when it succeeded, and why not.
create table partition_upkeep (
  parent  text primary key,
  ran_at  timestamptz not null,
  done_at timestamptz,
  error   text
);

-- Every partition with its bounds; both are null for a default partition.
create view partition_bounds as
select p.relname::text parent, c.relname::text name, c.oid,
  (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']+)''\)'))[1]::timestamptz since,
  (regexp_match(pg_get_expr(c.relpartbound, c.oid), ' TO \(''([^'']+)''\)'))[1]::timestamptz until
from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
where i.inhparent in ('public.orders'::regclass, 'public.order_items'::regclass) and c.relispartition;

grant select, insert, update on partition_marks, partition_upkeep to stoa_app;
grant select on partition_bounds to stoa_app;

-- The name of a quarter's table.
create function stoa_quarter_name(parent text, day date) returns text language plpgsql immutable as $$
begin
  if parent not in ('orders', 'order_items') or parent is null then
    raise exception 'no partitioned table %', parent using errcode = '22023';
  end if;
  if day is null or day < date '1990-01-01' or day >= date '2200-01-01' then
    raise exception 'no partition for %', day using errcode = '22008';
  end if;
  return parent || '_' || to_char(date_trunc('quarter', day::timestamp), 'YYYY"q"Q');
end $$;

-- Where the quarter of `day` begins.
create function stoa_quarter_start(day date) returns timestamptz language sql immutable
  as $$ select date_trunc('quarter', day::timestamp) at time zone 'UTC' $$;

-- Makes the quarter of `day` of one table: a table of its own with wall and indexes first, joined to its parent last,
-- which asks for a short lock on the default partition only. 'made', 'there', or 'net' when the default partition
-- holds rows of that quarter: those are moved by stoa_fill_quarter.
create function stoa_make_quarter(parent text, day date) returns text
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
  set lock_timeout = '80ms' as $$
declare
  name text := public.stoa_quarter_name(parent, day);
  first timestamptz := public.stoa_quarter_start(day);
  after timestamptz := public.stoa_quarter_start((date_trunc('quarter', day::timestamp) + interval '3 months')::date);
  found boolean;
begin
  if exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = name) then
    return 'there';
  end if;
  perform pg_advisory_xact_lock(hashtext('stoa_partitions'), hashtext(parent));
  -- Looked up again, now that nobody else makes it.
  if exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = name) then
    return 'there';
  end if;
  perform public.stoa_open_upkeep(true);
  execute format('select exists (select from public.%I where placed_at >= %L and placed_at < %L)', parent || '_default', first, after) into found;
  perform public.stoa_open_upkeep(false);
  if found then
    return 'net';
  end if;
  execute format('create table public.%I (like public.%I including all)', name, parent);
  perform public.stoa_wall_partition(format('public.%I', name)::regclass);
  execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)', parent, name, first, after);
  insert into public.partition_marks (parent, quarter, made_at) values (parent, first::date, now())
    on conflict on constraint partition_marks_pkey do update set made_at = excluded.made_at, analysed_at = null;
  return 'made';
end $$;

-- Both tables of the quarter of `day` in one step, for an order that is about to be stored; whether one was made.
create or replace function stoa_ensure_quarter(day date) returns boolean
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '80ms' as $$
declare
  orders_state text := public.stoa_make_quarter('orders', day);
  items_state text := public.stoa_make_quarter('order_items', day);
begin
  return orders_state = 'made' or items_state = 'made';
end $$;

-- Moves up to about `batch` rows of the quarter of `day` from the default partition to the quarter, which it makes
-- when it is missing. Rows are never out of sight: the quarter's table is widened to the moved rows in the same
-- transaction, oldest first, until it spans the quarter. How many were moved, and whether the quarter is whole.
create function stoa_fill_quarter(parent text, day date, batch integer, out moved bigint, out whole boolean)
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp
  set lock_timeout = '80ms' as $$
#variable_conflict use_variable
declare
  name text := public.stoa_quarter_name(parent, day);
  net text := parent || '_default';
  first timestamptz := public.stoa_quarter_start(day);
  after timestamptz := public.stoa_quarter_start((date_trunc('quarter', day::timestamp) + interval '3 months')::date);
  reached timestamptz;
  upto timestamptz;
begin
  perform pg_advisory_xact_lock(hashtext('stoa_partitions'), hashtext(parent));
  select b.until into reached from public.partition_bounds b where b.oid = to_regclass(format('public.%I', name));
  if reached = after then
    moved := 0; whole := true;
    return;
  end if;
  perform public.stoa_open_upkeep(true);
  -- Up to where: the instant after the last row of this batch, or the quarter's end when the rest fits.
  execute format('select placed_at from public.%I where placed_at >= $1 and placed_at < $2 order by placed_at offset $3 limit 1', net)
    into upto using coalesce(reached, first), after, greatest(batch, 1);
  if upto is null then
    upto := after;
  elsif upto <= coalesce(reached, first) then
    upto := coalesce(reached, first) + interval '1 microsecond';
  end if;
  if reached is null then
    execute format('create table public.%I (like public.%I including all)', name, parent);
    perform public.stoa_wall_partition(format('public.%I', name)::regclass);
    insert into public.partition_marks (parent, quarter, made_at) values (parent, first::date, now())
      on conflict on constraint partition_marks_pkey do update set made_at = excluded.made_at, analysed_at = null;
  end if;
  -- From here on nobody else reads or writes the table: the batch is what they wait for.
  execute format('lock table public.%I in access exclusive mode', parent);
  if reached is not null then
    execute format('alter table public.%I detach partition public.%I', parent, name);
  end if;
  execute format('with moved as (delete from public.%I where placed_at >= $1 and placed_at < $2 returning *) insert into public.%I select * from moved', net, name)
    using coalesce(reached, first), upto;
  get diagnostics moved = row_count;
  perform public.stoa_open_upkeep(false);
  execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)', parent, name, first, upto);
  whole := upto = after;
end $$;

-- Rows in the default partitions by quarter, up to `most` of each table: normally none, and then it costs nothing.
create function stoa_default_rows(most integer) returns table (parent text, quarter date, rows bigint)
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.stoa_open_upkeep(true);
  foreach parent in array array['orders', 'order_items'] loop
    if pg_relation_size(format('public.%I', parent || '_default')) > 0 then
      return query execute format(
        'select %L::text, date_trunc(''quarter'', placed_at at time zone ''UTC'')::date, count(*) from (select placed_at from public.%I limit $1) d group by 2 order by 2',
        parent, parent || '_default') using most;
    end if;
  end loop;
  perform public.stoa_open_upkeep(false);
end $$;

-- Statistics for the quarter of `day`, so that its first queries are planned as well as its last.
create function stoa_analyse_quarter(parent text, day date) returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '80ms' as $$
begin
  execute format('analyze public.%I', public.stoa_quarter_name(parent, day));
  update public.partition_marks m set analysed_at = now()
    where m.parent = stoa_analyse_quarter.parent and m.quarter = public.stoa_quarter_start(day)::date;
end $$;

revoke all on function stoa_make_quarter(text, date), stoa_fill_quarter(text, date, integer), stoa_default_rows(integer),
  stoa_analyse_quarter(text, date) from public;
grant execute on function stoa_make_quarter(text, date), stoa_fill_quarter(text, date, integer), stoa_default_rows(integer),
  stoa_analyse_quarter(text, date), stoa_upkeep() to stoa_app;
