-- Maintained figures, written in the transaction of the order, and the feed.

-- A store's figures by local day and currency. Serves the dashboard, the list's totals and the sales report.
create table rollup_days (
  tenant_id     uuid not null references tenants (id),
  store_id      uuid not null,
  day           date not null,
  currency      text not null,
  orders        bigint not null default 0,
  cancelled     bigint not null default 0,
  return_orders bigint not null default 0,
  refunds       bigint not null default 0,
  items         bigint not null default 0,
  gross         bigint not null default 0,
  discounts     bigint not null default 0,
  returned      bigint not null default 0,
  refunded      bigint not null default 0,
  shipping      bigint not null default 0,
  tax           bigint not null default 0,
  fees          bigint not null default 0,
  primary key (tenant_id, store_id, day, currency),
  foreign key (tenant_id, store_id) references stores (tenant_id, id)
) with (fillfactor = 70);
select stoa_wall('rollup_days');

-- The same by local hour; `hour` is the instant at which that hour of the store's clock began.
create table rollup_hours (
  like rollup_days including defaults
) with (fillfactor = 70);
alter table rollup_hours rename column day to hour;
alter table rollup_hours alter column hour type timestamptz using hour::timestamptz;
alter table rollup_hours add primary key (tenant_id, store_id, hour, currency),
  add foreign key (tenant_id, store_id) references stores (tenant_id, id);
select stoa_wall('rollup_hours');

-- Product items of standing sales by local day of the order. Serves top products.
create table rollup_products (
  tenant_id  uuid not null references tenants (id),
  store_id   uuid not null,
  day        date not null,
  product_id uuid not null,
  currency   text not null,
  quantity   bigint not null default 0,
  gross      bigint not null default 0,
  primary key (tenant_id, store_id, day, product_id, currency),
  foreign key (tenant_id, product_id) references products (tenant_id, id)
) with (fillfactor = 70);
select stoa_wall('rollup_products');

-- The feed's last sequence number by tenant. Its row is locked by every writing transaction, late and
-- briefly, which makes the sequence gapless and its order that of commits. It is also the generation
-- of every cached figure of the tenant.
create table feed_heads (
  tenant_id uuid primary key references tenants (id),
  last_seq  bigint not null default 0,
  -- The oldest event still kept.
  first_seq bigint not null default 1
) with (fillfactor = 50);
select stoa_wall('feed_heads');

create table feed_events (
  tenant_id uuid not null references tenants (id),
  seq       bigint not null,
  kind      text not null,
  store_id  uuid,
  at        timestamptz not null,
  data      jsonb not null,
  primary key (tenant_id, seq)
);
select stoa_wall('feed_events');

grant select, insert, update, delete on rollup_days, rollup_hours, rollup_products to stoa_app;
grant select, insert, update on feed_heads to stoa_app;
grant select, insert, delete on feed_events to stoa_app;
