-- Imports have been jobs since m20261121_000007; the table stayed for a program of the version before, which is gone.
drop table import_queue;
