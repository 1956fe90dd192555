-- The life of an order: payments, fulfilments, refunds by figure, cancellation, closing, and what the order says of itself.
-- Columns that are null cost nothing: an order of which nothing was told is as wide as before, and old rows stay as they are.

do $$ declare t regclass; begin
  -- The quarters follow their parent; those that an archive has taken out of sight, or is bringing back, do not.
  for t in select 'orders'::regclass union all
           select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition
             and c.relname ~ '^orders_[0-9]{4}q[1-4]_(detached|restoring)$' loop
    execute format('alter table %s
      drop constraint if exists orders_status_check, drop constraint if exists orders_payment_status_check,
      drop constraint if exists orders_fulfilment_status_check, drop constraint if exists orders_check1,
      -- Charged and captured, minor units; null: the total, paid when the order was placed.
      add column paid bigint check (paid >= 0),
      -- Reserved, neither captured nor given up.
      add column authorized bigint check (authorized >= 0),
      -- Parts of `refunded`; what is left of it was for goods.
      add column refunded_shipping bigint, add column refunded_tax bigint, add column refunded_fees bigint,
      add column prices_include_tax boolean not null default false,
      add column is_on_hold boolean not null default false,
      add column cancelled_at timestamptz, add column cancel_reason text, add column closed_at timestamptz,
      add column external_id text, add column source text, add column source_updated_at timestamptz,
      add column customer_note text, add column shipping_address jsonb, add column billing_address jsonb,
      -- Counts changes: the ETag of the API.
      add column version integer not null default 1,
      add constraint orders_status_check check (status in (''open'', ''closed'', ''cancelled'')),
      add constraint orders_payment_status_check check (payment_status in
        (''pending'', ''authorized'', ''partially_paid'', ''paid'', ''partially_refunded'', ''refunded'', ''voided'')),
      add constraint orders_fulfilment_status_check check (fulfilment_status in
        (''unfulfilled'', ''partially_fulfilled'', ''fulfilled'', ''on_hold'', ''not_required'')),
      add constraint orders_refunded_paid_check check (kind = ''return'' or refunded <= coalesce(paid, total))', t);
  end loop;
  for t in select 'order_items'::regclass union all
           select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition
             and c.relname ~ '^order_items_[0-9]{4}q[1-4]_(detached|restoring)$' loop
    execute format('alter table %s
      -- Its own discount and its share of the order''s; null where the order has none.
      add column discount bigint,
      -- Its tax; null where the order has none.
      add column tax bigint,
      -- Pieces sent; null for none.
      add column fulfilled_quantity bigint', t);
  end loop;
end $$;

alter table refunds
  add column shipping bigint not null default 0, add column tax bigint not null default 0, add column fees bigint not null default 0,
  -- False when its order is cancelled: that counts in no figure.
  add column is_counted boolean not null default true;

-- Whether orders that exist are replaced by newer states of them.
alter table import_runs add column updates_orders boolean not null default false;

create table payments (
  tenant_id       uuid not null,
  order_placed_at timestamptz not null,
  order_id        uuid not null,
  id              uuid not null,
  store_id        uuid not null,
  at              timestamptz not null,
  kind            text not null check (kind in ('charge', 'authorization', 'capture', 'void', 'refund')),
  method          text not null default '',
  currency        text not null,
  amount          bigint not null check (amount >= 0),
  -- The payment provider's name of it.
  reference       text not null default '',
  actor           text not null,
  primary key (tenant_id, order_placed_at, order_id, id)
);
select stoa_wall('payments');

create table fulfilments (
  tenant_id       uuid not null,
  order_placed_at timestamptz not null,
  order_id        uuid not null,
  id              uuid not null,
  store_id        uuid not null,
  at              timestamptz not null,
  -- [{"position": 1, "quantity": 2}].
  lines           jsonb not null,
  carrier         text not null default '',
  tracking_number text not null default '',
  tracking_url    text not null default '',
  actor           text not null,
  primary key (tenant_id, order_placed_at, order_id, id)
);
select stoa_wall('fulfilments');

grant select, insert, delete on payments, fulfilments to stoa_app;
-- A newer state of an order takes the place of the stored one.
grant delete on orders, order_items, refunds to stoa_app;
grant update (order_placed_at) on order_timeline to stoa_app;

-- Serves the number of sales that are to be fulfilled, and their list.
drop index orders_to_fulfil;
create index orders_to_fulfil on orders (tenant_id, placed_at desc, id desc)
  where fulfilment_status in ('unfulfilled', 'partially_fulfilled') and kind = 'sale' and status = 'open';
-- Serves the number of sales that are to be paid, and their list. Most orders arrive paid and are never in it.
create index orders_unpaid on orders (tenant_id, placed_at desc, id desc)
  where payment_status in ('pending', 'authorized', 'partially_paid') and kind = 'sale' and status = 'open';
