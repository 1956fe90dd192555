-- An answer is repeated only to keys that reach the stores that it is about.
alter table idempotency_keys
  -- The stores that the first key reached: their ids in order, or nothing for all.
  add column reach  text not null default '',
  -- The stores that the answer is about. Null: only keys with the same reach are given it.
  add column stores uuid[] check (cardinality(stores) > 0),
  drop constraint idempotency_keys_pkey,
  add primary key (tenant_id, key, reach);
