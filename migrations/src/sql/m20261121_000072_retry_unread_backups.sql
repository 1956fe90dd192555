-- When a backup was last tried to be read back in vain: it is tried again an hour later.
alter table backups add column unread_at timestamptz;
-- Serves the search for those that nobody has read back yet, and those that could not be the last time.
create index backups_unread on backups ((coalesce(unread_at, finished_at)), started_at)
  where status = 'stored' or (status = 'verified' and verify_error is not null);
