-- Webhooks: where a tenant wants its events to be told, what was told there, and every attempt at it.

create table webhooks (
  tenant_id     uuid not null references tenants (id),
  id            uuid not null,
  url           text not null,
  description   text not null default '',
  -- The kinds of event that it is told of; none named: all.
  kinds         text[] not null default '{}',
  -- Its only store. Not a foreign key: webhooks stay as they are when stores are brought back from a backup.
  store_id      uuid,
  state         text not null default 'live' check (state in ('live', 'paused', 'off')),
  -- Why it was switched off.
  reason        text,
  -- Sealed with a key that is derived from the server's secret. The old one signs as well until its time is over.
  secret        bytea not null,
  old_secret    bytea,
  old_until     timestamptz,
  -- The last event of the feed that was looked at for it.
  read_seq      bigint not null,
  -- Since when no attempt went well; null when the last one did.
  failing_since timestamptz,
  -- The last attempt, and whether it went well.
  last_at       timestamptz,
  last_ok       boolean,
  created_at    timestamptz not null,
  created_by    text not null,
  primary key (tenant_id, id),
  check ((state = 'off') = (reason is not null)),
  check ((old_secret is null) = (old_until is null))
) with (fillfactor = 70);
-- Serves the question whose webhooks lie behind their feed.
create index webhooks_live on webhooks (tenant_id) where state = 'live';
select stoa_wall('webhooks');

-- What one webhook is told: once for each event that it wants, whatever happens.
create table webhook_deliveries (
  tenant_id   uuid not null references tenants (id),
  id          uuid not null,
  webhook_id  uuid not null,
  -- The event's number in the feed; null for tests and for gaps.
  seq         bigint,
  kind        text not null,
  -- What is sent, to the byte: the same at every attempt.
  body        text not null,
  state       text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  -- Attempts since it was made, or since somebody wanted it sent again.
  tries       smallint not null default 0,
  next_at     timestamptz,
  created_at  timestamptz not null,
  finished_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, webhook_id) references webhooks (tenant_id, id) on delete cascade,
  check ((state = 'waiting') = (next_at is not null)),
  check ((state = 'waiting') = (finished_at is null))
) with (fillfactor = 80);
-- An event is told to a webhook once.
create unique index webhook_deliveries_event on webhook_deliveries (tenant_id, webhook_id, seq) where seq is not null;
-- Serves the log of a webhook.
create index webhook_deliveries_log on webhook_deliveries (tenant_id, webhook_id, created_at, id);
-- Serves the log by state, and the search for what waits and nobody works on.
create index webhook_deliveries_open on webhook_deliveries (tenant_id, webhook_id, state, created_at, id) where state <> 'delivered';
-- Serves pruning.
create index webhook_deliveries_finished on webhook_deliveries (tenant_id, finished_at) where finished_at is not null;
select stoa_wall('webhook_deliveries');

create table webhook_attempts (
  tenant_id   uuid not null references tenants (id),
  delivery_id uuid not null,
  n           integer not null,
  at          timestamptz not null,
  -- How long it took, in milliseconds.
  ms          integer not null,
  -- The status of the answer, and its beginning.
  status      smallint,
  answer      text not null default '',
  -- Why there was none.
  error       text,
  primary key (tenant_id, delivery_id, n),
  foreign key (tenant_id, delivery_id) references webhook_deliveries (tenant_id, id) on delete cascade
);
select stoa_wall('webhook_attempts');

grant select, insert, update, delete on webhooks, webhook_deliveries to stoa_app;
grant select, insert on webhook_attempts to stoa_app;

-- Tenants, of these or of all, with a live webhook that lies behind its feed, or with a delivery that was due before `due`.
-- For the one who looks for all: neither webhooks nor feeds have a door for the platform. It runs with the owner's rights
-- and shows nothing else.
create function stoa_webhooks_behind(tenants uuid[], due timestamptz) returns table (tenant_id uuid)
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not public.stoa_platform() then return; end if;
  perform set_config('app.backup', 'on', true);
  return query select distinct w.tenant_id from webhooks w
    join tenants t on t.id = w.tenant_id and t.suspended_at is null
    left join feed_heads h on h.tenant_id = w.tenant_id
    where w.state = 'live' and (stoa_webhooks_behind.tenants is null or w.tenant_id = any (stoa_webhooks_behind.tenants))
      and (w.read_seq <> coalesce(h.last_seq, 0) or exists (
        select from webhook_deliveries d where d.tenant_id = w.tenant_id and d.webhook_id = w.id and d.state = 'waiting'
          and d.next_at < stoa_webhooks_behind.due));
  perform set_config('app.backup', '', true);
end $$;
revoke all on function stoa_webhooks_behind(uuid[], timestamptz) from public;
grant execute on function stoa_webhooks_behind(uuid[], timestamptz) to stoa_app;

-- What tenants use of their limits, as before, with webhooks.
drop function stoa_usage(uuid[], date);
create function stoa_usage(tenants uuid[], month date) returns table (
    tenant_id uuid, stores bigint, members bigint, api_keys bigint, webhooks bigint, products bigint, orders bigint,
    storage_bytes bigint, over_since timestamptz, last_seen timestamptz, last_event timestamptz)
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not public.stoa_platform() then return; end if;
  perform set_config('app.backup', 'on', true);
  return query select t.id,
      (select count(*) from stores s where s.tenant_id = t.id),
      (select count(*) from memberships m where m.tenant_id = t.id),
      (select count(*) from api_keys k where k.tenant_id = t.id and k.revoked_at is null),
      (select count(*) from public.webhooks w where w.tenant_id = t.id),
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
