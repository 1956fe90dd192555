-- Snapshot imports: runs, their checkpoints and their problems.

create table import_runs (
  tenant_id     uuid not null references tenants (id),
  id            uuid not null,
  store_id      uuid not null,
  format        text not null,
  file_name     text not null,
  -- Where the worker finds the file.
  file_path     text not null,
  file_size     bigint not null,
  -- SHA-256 of the file as it was given: the same file twice is recognised.
  file_hash     bytea not null,
  status        text not null check (status in ('checking', 'checked', 'queued', 'running', 'done', 'failed')),
  error         text,
  -- domain::imports::Summary of what is stored so far, moved on in the transaction of each batch.
  summary       jsonb not null default '{}',
  -- Result of the check: {"summary", "first": [...]}.
  preview       jsonb,
  -- Lines of the file that need not be read again.
  checkpoint    bigint not null default 0,
  total_lines   bigint,
  problem_count bigint not null default 0,
  attempts      integer not null default 0,
  -- Who works on it and until when he may; a lease that ran out is taken over.
  lease_owner   uuid,
  lease_until   timestamptz,
  -- Grows with each taking; a batch of an older holder is refused.
  fence         bigint not null default 0,
  actor         text not null,
  created_at    timestamptz not null,
  started_at    timestamptz,
  finished_at   timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
-- Serves the list of imports.
create index import_runs_created on import_runs (tenant_id, created_at, id);
-- Serves the recognition of a file that was imported before.
create index import_runs_hash on import_runs (tenant_id, store_id, file_hash);
select stoa_wall('import_runs');

create table import_problems (
  tenant_id    uuid not null,
  import_id    uuid not null,
  line         bigint not null,
  position     integer not null,
  kind         text not null check (kind in ('rejected', 'skipped')),
  order_number text,
  column_name  text not null default '',
  reason       text not null,
  primary key (tenant_id, import_id, line, position),
  foreign key (tenant_id, import_id) references import_runs (tenant_id, id)
);
select stoa_wall('import_problems');

-- Imports that wait for a worker, of all tenants: only ids, so that a worker knows which tenant to enter.
-- The one table with a tenant_id that has no wall.
create table import_queue (
  tenant_id uuid not null,
  import_id uuid not null,
  -- Not before this; moved on while somebody works on it.
  run_at    timestamptz not null,
  primary key (tenant_id, import_id)
);
create index import_queue_due on import_queue (run_at);

grant select, insert, update on import_runs to stoa_app;
grant select, insert, delete on import_problems to stoa_app;
grant select, insert, update, delete on import_queue to stoa_app;
