-- Mail that Stoa sends, when summaries are due, what customers are worth, and stock levels.

alter table stores
  -- Whether somebody wants to hear of each new sale, and whether levels are kept. With the row, because taking an
  -- order reads it anyway: a store that wants neither pays no statement for it. Kept by db::settings and db::stock.
  add column notifies_orders boolean not null default false,
  add column tracks_stock    boolean not null default false;

-- Messages to be sent, one row a recipient. A message that has been sent stays for a while: its key is what keeps it
-- from being sent again.
create table mail_outbox (
  tenant_id  uuid not null,
  id         uuid not null,
  -- What the message is about and for whom, such as 'order:<id>:<address>'.
  key        text not null,
  kind       text not null,
  recipient  text not null,
  subject    text not null,
  -- The parts of the text, from which both its forms are made.
  body       jsonb not null,
  status     text not null default 'queued' check (status in ('queued', 'sending', 'sent', 'failed')),
  attempts   smallint not null default 0,
  -- Queued: not before. Sending: when others may take over from a sender that vanished.
  due_at     timestamptz not null,
  sent_at    timestamptz,
  error      text,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, key),
  check ((status = 'sent') = (sent_at is not null))
) with (fillfactor = 80);
-- Serves the sender, which takes what is due of all tenants.
create index mail_outbox_due on mail_outbox (due_at) where status in ('queued', 'sending');
-- Serves pruning.
create index mail_outbox_created on mail_outbox (created_at) where status in ('sent', 'failed');
select stoa_wall_with_door('mail_outbox');

-- Stores with somebody who wants a daily summary.
create table summary_schedule (
  tenant_id uuid not null,
  store_id  uuid not null,
  -- When there is a day to tell of that was not told.
  due_at    timestamptz not null,
  -- The last local day that was told.
  last_day  date,
  primary key (tenant_id, store_id),
  foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
-- Serves the job, which looks for what is due in all tenants.
create index summary_schedule_due on summary_schedule (due_at);
select stoa_wall_with_door('summary_schedule');

-- Customers with at least one standing sale, recomputed each night: nothing here is a source of anything.
create table customer_metrics (
  tenant_id   uuid not null,
  customer_id uuid not null,
  store_id    uuid not null,
  orders      bigint not null,
  first_at    timestamptz not null,
  last_at     timestamptz not null,
  -- The store's local day of last_at.
  last_day    date not null,
  -- The currency of most of the orders, and the net sales in it: what monetary scores compare.
  currency    text not null,
  net         bigint not null,
  -- Quintiles within the store, 1 to 5; null until the store was scored.
  recency     smallint check (recency between 1 and 5),
  frequency   smallint check (frequency between 1 and 5),
  monetary    smallint check (monetary between 1 and 5),
  segment     text,
  primary key (tenant_id, customer_id)
) with (fillfactor = 80);
-- Serves scoring and the count of segments, both by store.
create index customer_metrics_store on customer_metrics (tenant_id, store_id, segment);
select stoa_wall('customer_metrics');

-- What they bought by currency.
create table customer_money (
  tenant_id   uuid not null,
  customer_id uuid not null,
  currency    text not null,
  orders      bigint not null,
  net         bigint not null,
  primary key (tenant_id, customer_id, currency)
);
select stoa_wall('customer_money');

-- Pieces on the shelf of variants that somebody counted.
create table stock_levels (
  tenant_id  uuid not null,
  variant_id uuid not null,
  store_id   uuid not null,
  quantity   bigint not null,
  -- At or below, somebody wants to know.
  threshold  bigint not null check (threshold >= 0),
  -- Sales placed from here on reduce the level; those before are in the count.
  counted_at timestamptz not null,
  -- Since when it is told of as low; null while it is not.
  alerted_at timestamptz,
  updated_at timestamptz not null,
  primary key (tenant_id, variant_id),
  foreign key (tenant_id, variant_id) references variants (tenant_id, id)
) with (fillfactor = 70);
-- Serves the job, which looks for levels to tell of in all tenants.
create index stock_levels_low on stock_levels (tenant_id, store_id) where quantity <= threshold and alerted_at is null;
select stoa_wall_with_door('stock_levels');

-- So that the platform can tell which tenants' people are here now, and which stores want to hear of low stock.
create policy platform_reads_settings on settings for select using ((select stoa_platform()));
create policy platform_reads_memberships on memberships for select using ((select stoa_platform()));

grant select, insert, update, delete on mail_outbox, summary_schedule, customer_metrics, customer_money, stock_levels to stoa_app;
