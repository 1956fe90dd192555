-- Why a tenant is suspended, and tenants that are about to be deleted.

alter table tenants
  -- Told to its people and programs.
  add column suspended_for   text,
  -- Since when somebody wants it gone, and from when on nothing of it is kept. Until then that can be taken back.
  add column delete_asked_at timestamptz,
  add column delete_after    timestamptz,
  add check ((delete_asked_at is null) = (delete_after is null));
-- Serves the job that deletes.
create index tenants_leaving on tenants (delete_after) where delete_after is not null;
