-- Orders and their lines, by quarter of placed_at; what must be unique or found without a date; refunds; timeline.

create table orders (
  tenant_id         uuid not null,
  placed_at         timestamptz not null,
  id                uuid not null,
  store_id          uuid not null,
  -- The day of placed_at in the store's time zone, kept so that day filters and rollups agree.
  local_day         date not null,
  number            text not null,
  kind              text not null check (kind in ('sale', 'return')),
  status            text not null check (status in ('open', 'cancelled')),
  payment_status    text not null check (payment_status in ('paid', 'partially_refunded', 'refunded')),
  fulfilment_status text not null check (fulfilment_status in ('unfulfilled', 'fulfilled')),
  currency          text not null,
  customer_id       uuid,
  item_count        integer not null,
  -- Minor units. total = gross - discounts + shipping + tax + fees.
  gross             bigint not null,
  discounts         bigint not null,
  shipping          bigint not null,
  tax               bigint not null,
  fees              bigint not null,
  total             bigint not null,
  refunded          bigint not null default 0 check (refunded >= 0),
  note              text,
  tags              text[] not null default '{}',
  created_at        timestamptz not null,
  updated_at        timestamptz not null,
  primary key (tenant_id, placed_at, id),
  check (total = gross - discounts + shipping + tax + fees),
  check (kind = 'return' or refunded <= total)
) partition by range (placed_at);
-- The primary key serves the list of all stores. These serve it for one store and for one customer (search).
create index orders_store on orders (tenant_id, store_id, placed_at, id);
create index orders_customer on orders (tenant_id, customer_id, placed_at, id) where customer_id is not null;
select stoa_wall('orders');

create table order_items (
  tenant_id         uuid not null,
  placed_at         timestamptz not null,
  order_id          uuid not null,
  position          integer not null,
  store_id          uuid not null,
  variant_id        uuid,
  sku               text,
  title             text not null,
  kind              text not null check (kind in ('product', 'shipping', 'discount', 'fee')),
  quantity          bigint not null,
  unit_price        bigint not null,
  amount            bigint not null,
  refunded_quantity bigint not null default 0 check (refunded_quantity >= 0),
  primary key (tenant_id, placed_at, order_id, position)
) partition by range (placed_at);
-- Serves the search by SKU.
create index order_items_variant on order_items (tenant_id, variant_id, placed_at, order_id) where variant_id is not null;
select stoa_wall('order_items');

create table order_refs (
  tenant_id   uuid not null references tenants (id),
  store_id    uuid not null,
  number      text not null,
  order_id    uuid not null,
  placed_at   timestamptz not null,
  -- SHA-256 of the order as it arrived: tells a repetition from a conflict.
  fingerprint bytea not null,
  primary key (tenant_id, store_id, number),
  unique (tenant_id, order_id),
  foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
-- Serves the search by number, whole or beginning, whatever its case.
create index order_refs_number on order_refs (tenant_id, lower(number) text_pattern_ops);
select stoa_wall('order_refs');

create table refunds (
  tenant_id       uuid not null,
  order_placed_at timestamptz not null,
  order_id        uuid not null,
  id              uuid not null,
  store_id        uuid not null,
  at              timestamptz not null,
  -- The day of `at` in the store's time zone: the day on which it counts.
  local_day       date not null,
  currency        text not null,
  amount          bigint not null check (amount > 0),
  -- [{"position": 1, "quantity": 2}], or null for all that was left.
  lines           jsonb,
  reason          text not null default '',
  actor           text not null,
  primary key (tenant_id, order_placed_at, order_id, id)
);
-- Serves the refunds of a period, beside the list of returns.
create index refunds_day on refunds (tenant_id, store_id, local_day, at);
select stoa_wall('refunds');

create table order_timeline (
  tenant_id       uuid not null,
  order_placed_at timestamptz not null,
  order_id        uuid not null,
  at              timestamptz not null,
  id              uuid not null,
  -- 'placed', 'cancelled', 'refunded'.
  kind            text not null,
  actor           text not null,
  details         jsonb not null default '{}',
  primary key (tenant_id, order_placed_at, order_id, at, id)
);
select stoa_wall('order_timeline');

create table idempotency_keys (
  tenant_id    uuid not null references tenants (id),
  key          text not null,
  -- SHA-256 of method, path and body.
  request_hash bytea not null,
  status       smallint not null,
  body         bytea not null,
  created_at   timestamptz not null,
  primary key (tenant_id, key)
);
-- Serves pruning.
create index idempotency_keys_age on idempotency_keys (tenant_id, created_at);
select stoa_wall('idempotency_keys');

-- Makes the quarter of `day` for orders and order_items when it is missing. The app may call it but owns
-- nothing, so it runs with its owner's rights; its search path is fixed and it builds names from the day alone.
-- Partitions get their own wall, because a query that names one directly meets only its own policies.
create function stoa_ensure_quarter(day date) returns boolean
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '2s' as $$
declare
  first date := date_trunc('quarter', day::timestamp)::date;
  after date := (date_trunc('quarter', day::timestamp) + interval '3 months')::date;
  suffix text := to_char(first, 'YYYY"q"Q');
  parent text;
  made boolean := false;
begin
  if day < date '1990-01-01' or day >= date '2200-01-01' then
    raise exception 'no partition for %', day using errcode = '22008';
  end if;
  foreach parent in array array['orders', 'order_items'] loop
    if to_regclass(format('public.%I', parent || '_' || suffix)) is null then
      perform pg_advisory_xact_lock(hashtext('stoa_ensure_quarter'));
      -- Looked up in the catalogue itself: to_regclass may still answer from what it knew before the lock.
      if not exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = parent || '_' || suffix) then
        execute format('create table public.%I partition of public.%I for values from (%L) to (%L)',
          parent || '_' || suffix, parent, first::text || ' 00:00:00+00', after::text || ' 00:00:00+00');
        perform public.stoa_wall(format('public.%I', parent || '_' || suffix)::regclass);
        execute format('revoke all on public.%I from public', parent || '_' || suffix);
        made := true;
      end if;
    end if;
  end loop;
  return made;
end $$;
revoke all on function stoa_ensure_quarter(date) from public;
revoke all on function stoa_wall(regclass) from public;
grant execute on function stoa_ensure_quarter(date) to stoa_app;

grant select, insert, update on orders, order_items, order_refs, refunds to stoa_app;
grant select, insert on order_timeline to stoa_app;
grant select, insert, update, delete on idempotency_keys to stoa_app;

-- This quarter and the next two.
select stoa_ensure_quarter((now() at time zone 'UTC')::date);
select stoa_ensure_quarter(((now() at time zone 'UTC') + interval '3 months')::date);
select stoa_ensure_quarter(((now() at time zone 'UTC') + interval '6 months')::date);
