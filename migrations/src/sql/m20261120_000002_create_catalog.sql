-- Who buys and what is sold.

create table customers (
  tenant_id      uuid not null references tenants (id),
  id             uuid not null,
  store_id       uuid not null,
  -- How the store recognises the customer: 'x:<external id>' or else 'e:<lower-case e-mail>'.
  -- Customers known by name or telephone alone are not merged and have none.
  identity       text,
  external_id    text,
  email          text,
  name           text,
  phone          text,
  country        text,
  created_at     timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, store_id, identity),
  foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
-- Serve the search of the order list by e-mail and by external id.
create index customers_email on customers (tenant_id, lower(email) text_pattern_ops) where email is not null;
create index customers_external_id on customers (tenant_id, external_id) where external_id is not null;
select stoa_wall('customers');

create table products (
  tenant_id  uuid not null references tenants (id),
  id         uuid not null,
  store_id   uuid not null,
  title      text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
select stoa_wall('products');

create table variants (
  tenant_id  uuid not null references tenants (id),
  id         uuid not null,
  product_id uuid not null,
  store_id   uuid not null,
  sku        text not null,
  title      text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, store_id, sku),
  foreign key (tenant_id, product_id) references products (tenant_id, id),
  foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
-- Serves a product's SKUs beside its name.
create index variants_product on variants (tenant_id, product_id);
-- Serves the search of the order list by SKU, whatever its case.
create index variants_sku on variants (tenant_id, lower(sku));
select stoa_wall('variants');

grant select, insert, update on customers, products, variants to stoa_app;
