-- Backups: one row each, whatever became of it. Those of the installation as a whole stand under the nil tenant.

create table backups (
  tenant_id       uuid not null,
  id              uuid not null,
  kind            text not null check (kind in ('full', 'database', 'files')),
  -- 'running': being written. 'stored': written, not read back yet. 'verified': read back and found equal.
  -- 'failed': not to be relied upon. 'pruned': given up, its objects go.
  status          text not null check (status in ('running', 'stored', 'verified', 'failed', 'pruned')),
  trigger         text not null check (trigger in ('schedule', 'demand', 'before-restore')),
  actor           text not null,
  started_at      timestamptz not null,
  finished_at     timestamptz,
  -- In the storage, packed and sealed; and what it was before.
  bytes           bigint not null default 0,
  plain_bytes     bigint not null default 0,
  -- Rows of tables; files of kind 'files' count as rows too.
  row_count       bigint not null default 0,
  table_count     integer not null default 0,
  -- Where in the storage, and the SHA-256 of the manifest that lies there.
  location        text not null,
  manifest_sha256 bytea,
  -- The age public key it is sealed with, if it is.
  recipient       text,
  error           text,
  -- The last time it was read back and found equal; how long that took; what went wrong the last time.
  verified_at     timestamptz,
  verify_ms       bigint,
  verify_error    text,
  -- While it runs: {"step", "done", "total"}; moved on every second together with heartbeat_at.
  progress        jsonb not null default '{}',
  heartbeat_at    timestamptz,
  -- Who writes it: nobody else may finish it.
  holder          uuid,
  -- The second copy elsewhere.
  offsite_status  text not null default 'none' check (offsite_status in ('none', 'waiting', 'copied', 'failed')),
  offsite_at      timestamptz,
  offsite_error   text,
  -- When retention may take it, if a newer good one is there.
  expires_at      timestamptz,
  -- When its objects were gone for good.
  removed_at      timestamptz,
  primary key (tenant_id, id),
  check ((kind = 'full') = (tenant_id = '00000000-0000-0000-0000-000000000000'))
);
-- Serves the list of a tenant.
create index backups_tenant on backups (tenant_id, started_at, id);
-- Serves the list of the platform.
create index backups_platform on backups (started_at, id);
-- Serves "the newest of its kind" and "the one before it", in lists, alarms and retention.
create index backups_kind on backups (tenant_id, kind, started_at);
-- One at a time of each kind and tenant.
create unique index backups_running on backups (tenant_id, kind) where status = 'running';
-- Serves the sweep of what is left in the storage.
create index backups_left on backups (status) where status in ('running', 'failed', 'pruned') and removed_at is null;
select stoa_wall_with_door('backups');
grant select, insert, update, delete on backups to stoa_app;

-- Moves on with every change of any backup: the generation of what the platform caches about them.
create table platform_generations (
  name       text primary key,
  generation bigint not null default 0
);
insert into platform_generations (name) values ('backups');
grant select, update on platform_generations to stoa_app;

-- The wall, and a door for the one who reads everything for a backup of the whole: the owner of the tables, when it
-- says so. Nobody else can: the policy is for that role alone. (The owner may be kept out by its own walls, and
-- a role that passes them needs a superuser to make it.)
create or replace function stoa_wall(wall_table regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', wall_table);
  execute format('alter table %s force row level security', wall_table);
  execute format(
    'create policy tenant_wall on %s using (tenant_id = (select stoa_tenant())) with check (tenant_id = (select stoa_tenant()))',
    wall_table);
  execute format(
    'create policy backup_reads on %s for select to current_user using ((select current_setting(''app.backup'', true)) = ''on'')',
    wall_table);
end $$;

do $$ declare walled regclass; begin
  for walled in
    select c.oid from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
      and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'backup_reads')
  loop
    execute format(
      'create policy backup_reads on %s for select to current_user using ((select current_setting(''app.backup'', true)) = ''on'')',
      walled);
  end loop;
end $$;

-- The hours that tenants chose, for the one who makes the backups of all: settings have no door for the platform. It
-- runs with the owner's rights and shows nothing else.
create function stoa_backup_hours() returns table (tenant_id uuid, hour integer)
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not public.stoa_platform() then return; end if;
  perform set_config('app.backup', 'on', true);
  return query select s.tenant_id, (s.value #>> '{}')::integer from settings s
    where s.name = 'backup_hour' and jsonb_typeof(s.value) = 'number';
  perform set_config('app.backup', '', true);
end $$;
revoke all on function stoa_backup_hours() from public;
grant execute on function stoa_backup_hours() to stoa_app;
