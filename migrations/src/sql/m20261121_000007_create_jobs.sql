-- The job queue: live jobs, their history, workers, locks, the timetable, queues, figures by minute and notes.
-- Jobs of the installation itself stand under the nil tenant.
--
-- Only comparisons that PostgreSQL calls leakproof may use an index behind a wall, so lists compare and
-- no list matches patterns: the search in errors reads a bounded window of runs that have one.

-- Live jobs only: what is done leaves for job_runs. Small and busy, so it is vacuumed early.
create table jobs (
  tenant_id    uuid not null,
  id           uuid not null,
  kind         text not null,
  queue        text not null,
  -- Unique among the live jobs of the tenant and kind.
  key          text,
  -- Ids only.
  payload      jsonb not null default '{}',
  -- Lower goes first, within one tenant and queue.
  priority     smallint not null default 0,
  state        text not null check (state in ('ready', 'scheduled', 'running', 'dead', 'parked')),
  -- Since when it could run, or from when on it may; of a dead or parked one: when it became so.
  run_at       timestamptz not null,
  -- Why it waits until run_at: 'later' (so asked for), 'backoff', 'snoozed', 'released'.
  waits_for    text check (waits_for in ('later', 'backoff', 'snoozed', 'released')),
  -- Tries that count: not those that were snoozed, released or ended with their process.
  attempt      smallint not null default 0,
  max_attempts smallint not null check (max_attempts > 0),
  -- How often the process that ran it died.
  crashes      smallint not null default 0,
  worker_id    uuid,
  -- Grows with each taking and each rescue; what an older holder writes is refused.
  fence        bigint not null default 0,
  enqueued_at  timestamptz not null,
  started_at   timestamptz,
  last_error   text,
  -- Who enqueued it: 'user:<id>', 'key:<id>', 'command', 'job'; and in which request.
  actor        text not null,
  request_id   text,
  primary key (tenant_id, id),
  check ((state = 'running') = (worker_id is not null))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500,
        autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
-- Keeps a key once among live jobs. A dead or parked one does not stand in the way of the next.
create unique index jobs_key on jobs (tenant_id, kind, key) where key is not null and state in ('ready', 'scheduled', 'running');
-- Serves the claim: from tenant to tenant, and within one by priority and age.
create index jobs_ready on jobs (queue, tenant_id, priority, run_at, id) where state = 'ready' and crashes = 0;
-- Serves the claim of one that ended with its process before: they run one at a time.
create index jobs_suspect on jobs (queue, run_at, id) where state = 'ready' and crashes > 0;
-- Serves what is due, the rescue, and the platform's lists and counts by state.
create index jobs_state on jobs (state, run_at, id);
-- Serves a tenant's lists of what does not run by itself now. Left out of it is what changes with every job.
create index jobs_tenant on jobs (tenant_id, state, run_at, id) where state in ('scheduled', 'dead', 'parked');
select stoa_wall_with_door('jobs');

-- What was tried: one row an attempt, for 30 days or as long as the setting says.
create table job_runs (
  tenant_id   uuid not null,
  job_id      uuid not null,
  -- The job's fence in this attempt: tells the attempts of a job apart.
  fence       bigint not null,
  kind        text not null,
  queue       text not null,
  key         text,
  payload     jsonb not null,
  attempt     smallint not null,
  outcome     text not null check (outcome in ('done', 'failed', 'dead', 'snoozed', 'cancelled', 'crashed', 'parked', 'stale')),
  enqueued_at timestamptz not null,
  ready_at    timestamptz not null,
  started_at  timestamptz,
  finished_at timestamptz not null,
  -- Milliseconds from ready to started, and from started to finished.
  wait_ms     bigint not null,
  run_ms      bigint not null,
  error       text,
  -- [{"ms": since the start, "level": "info" | "warn", "text": "..."}], absent when nothing was said.
  log         jsonb,
  worker_id   uuid,
  primary key (tenant_id, job_id, fence)
) with (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_vacuum_scale_factor = 0.05);
-- Serve the platform's history: all, by kind, by key, by outcome other than done, and those with an error. The first serves pruning.
create index job_runs_finished on job_runs (finished_at, job_id);
create index job_runs_kind on job_runs (kind, finished_at, job_id);
create index job_runs_key on job_runs (key, finished_at, job_id) where key is not null;
create index job_runs_outcome on job_runs (outcome, finished_at, job_id) where outcome <> 'done';
create index job_runs_error on job_runs (finished_at, job_id) where error is not null;
-- Serves a tenant's history.
create index job_runs_tenant on job_runs (tenant_id, finished_at, job_id);
select stoa_wall_with_door('job_runs');

-- Who works. No tenant: a worker serves all.
create table job_workers (
  id         uuid primary key,
  host       text not null,
  pid        integer not null,
  version    text not null,
  queues     text[] not null,
  -- Jobs at once, of all queues.
  slots      integer not null,
  started_at timestamptz not null,
  seen_at    timestamptz not null,
  state      text not null check (state in ('working', 'stopping', 'stopped', 'lost'))
) with (fillfactor = 50);

-- Mutual exclusion by name. Rows stay when a lock is let go, so that its fence keeps growing.
create table job_locks (
  name        text primary key,
  -- Nobody holds it while this is null.
  holder      text,
  fence       bigint not null,
  lease_until timestamptz not null,
  acquired_at timestamptz not null,
  -- What it is held for, or why it was broken.
  reason      text not null default ''
) with (fillfactor = 50);

-- The timetable as it is kept: what is in it comes from the program, when it ticks next stands here.
create table job_schedule (
  name         text primary key,
  cron         text not null,
  -- An IANA name, such as 'Europe/London'.
  zone         text not null,
  kind         text not null,
  queue        text not null,
  payload      jsonb not null default '{}',
  max_attempts smallint not null,
  enabled      boolean not null default true,
  last_tick    timestamptz,
  next_tick    timestamptz not null,
  -- Ticks that nobody was there for, since the entry was made; and when that was noticed last.
  missed       bigint not null default 0,
  missed_at    timestamptz,
  -- False once the program no longer knows it.
  known        boolean not null default true
);

-- Queues that somebody paused.
create table job_queues (
  name      text primary key,
  paused_at timestamptz,
  paused_by text,
  reason    text
);

-- Figures by minute, added to once a second by each worker: charts and totals without counting rows.
create table job_minutes (
  minute      timestamptz not null,
  kind        text not null,
  queue       text not null,
  done        bigint not null default 0,
  failed      bigint not null default 0,
  dead        bigint not null default 0,
  snoozed     bigint not null default 0,
  cancelled   bigint not null default 0,
  crashed     bigint not null default 0,
  parked      bigint not null default 0,
  -- Milliseconds.
  wait_ms_sum bigint not null default 0,
  wait_ms_max bigint not null default 0,
  run_ms_sum  bigint not null default 0,
  run_ms_max  bigint not null default 0,
  primary key (minute, kind, queue)
) with (fillfactor = 50);

-- Who changed what about jobs by hand, and why.
create table job_notes (
  tenant_id uuid not null,
  id        uuid not null,
  -- The job concerned, if it is one.
  job_id    uuid,
  at        timestamptz not null,
  actor     text not null,
  -- Such as 'retry', 'cancel', 'delete', 'pause', 'resume', 'run_now', 'enable', 'disable', 'break_lock'.
  action    text not null,
  -- The job, queue, lock or entry; or what was chosen, in words.
  subject   text not null,
  reason    text not null,
  details   jsonb not null default '{}',
  primary key (tenant_id, id)
);
-- Serve the notes of one job, and the newest of all.
create index job_notes_job on job_notes (tenant_id, job_id, at) where job_id is not null;
create index job_notes_at on job_notes (at, id);
select stoa_wall_with_door('job_notes');

grant select, insert, update, delete on jobs, job_runs, job_workers, job_locks, job_schedule, job_queues, job_minutes to stoa_app;
grant select, insert on job_notes to stoa_app;

-- Imports that wait in import_queue become jobs. The table itself remains until no program uses it any more.
select set_config('app.platform', 'on', true);
insert into jobs (tenant_id, id, kind, queue, key, payload, state, run_at, max_attempts, enqueued_at, actor)
select tenant_id, import_id, 'apply_import', 'heavy', 'moved:' || import_id, jsonb_build_object('import', import_id), 'ready', run_at, 3, run_at, 'job'
from import_queue;
delete from import_queue;
select set_config('app.platform', '', true);
