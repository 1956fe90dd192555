-- What the order list is searched by, in lower case and in the order of its bytes. Behind row level security PostgreSQL uses
-- an index only for comparisons that it calls leakproof: `lower` and `like` are not, so the indexes that stood here were never
-- asked, and a tenant's search read all that the tenant has.
drop index order_refs_number;
alter table order_refs add column number_key text collate "C" not null generated always as (lower(number)) stored;
-- Serves the search by number, whole or beginning, whatever its case.
create index order_refs_number on order_refs (tenant_id, number_key);

drop index customers_email;
alter table customers add column email_key text collate "C" generated always as (lower(email)) stored;
-- Serves the search by e-mail, whole or beginning, whatever its case.
create index customers_email on customers (tenant_id, email_key) where email_key is not null;

drop index variants_sku;
alter table variants add column sku_key text collate "C" not null generated always as (lower(sku)) stored;
-- Serves the search by SKU, whatever its case.
create index variants_sku on variants (tenant_id, sku_key);
