-- Serves the search for runs that were checked and then forgotten.
create index import_runs_unstarted on import_runs (tenant_id, created_at) where status = 'checked';
