-- Foreign keys that another key, or the statement that writes the row, already implies. Each check locks the row that it
-- points to, and a tenant has one row in `tenants` for all its writers. What holds without them:

-- The tenant of these is the tenant of their store: (tenant_id, store_id) stays a foreign key to stores, and a store's
-- tenant_id one to tenants.
alter table customers drop constraint customers_tenant_id_fkey;
alter table products drop constraint products_tenant_id_fkey;
alter table variants drop constraint variants_tenant_id_fkey;
alter table rollup_days drop constraint rollup_days_tenant_id_fkey;

-- A reference is written in one transaction with the order's share in rollup_days, which points to the store.
alter table order_refs drop constraint order_refs_tenant_id_fkey;
alter table order_refs drop constraint order_refs_tenant_id_store_id_fkey;

-- A product's bucket is written with the id of a variant that the same transaction found or made, and variants point to
-- products, which are never deleted.
alter table rollup_products drop constraint rollup_products_tenant_id_fkey;
alter table rollup_products drop constraint rollup_products_tenant_id_product_id_fkey;

-- An event is stored by the statement that takes its number from the tenant's row in feed_heads, which points to tenants.
alter table feed_events drop constraint feed_events_tenant_id_fkey;

-- A kept answer is written for a program whose key points to its tenant, behind the wall of that tenant, and is deleted
-- after some days. The program may not delete tenants.
alter table idempotency_keys drop constraint idempotency_keys_tenant_id_fkey;
