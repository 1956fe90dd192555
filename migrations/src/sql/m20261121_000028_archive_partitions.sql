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
