-- Imports that ended are forgotten after as long as the tenant says.
grant delete on import_runs to stoa_app;
