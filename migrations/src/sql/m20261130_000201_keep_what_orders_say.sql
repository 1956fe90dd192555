-- An order keeps who bought as it was told: its address, name and the rest are columns of its own, and the customer's record is
-- a link. What texts are found by is made by the program alone (domain::text_key, domain::email) and stored: PostgreSQL
-- lowers letters otherwise, but for those of ASCII. The rest of the old rows is mended by `stoa migrate` afterwards (db::mend).

do $$ declare t regclass; begin
  -- The quarters follow their parent; those that an archive has taken out of sight, or is bringing back, do not.
  for t in select 'orders'::regclass union all
           select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition
             and c.relname ~ '^orders_[0-9]{4}q[1-4]_(detached|restoring)$' loop
    execute format('alter table %s
      add column customer_email text, add column customer_email_key text collate "C", add column customer_name text,
      add column customer_phone text, add column customer_external_id text, add column customer_country text', t);
  end loop;
end $$;

-- Until now every order said what its customer's record says. Row level security holds for owners as well.
alter table orders no force row level security;
select set_config('app.backup', 'on', true);
update orders o set customer_email = c.email, customer_name = c.name, customer_phone = c.phone, customer_external_id = c.external_id,
  customer_country = c.country,
  customer_email_key = case when octet_length(c.email) = char_length(c.email) then lower(c.email collate "C") end
from customers c where c.tenant_id = o.tenant_id and c.id = o.customer_id;
alter table orders force row level security;

-- Every address that a customer ever ordered with. Whoever is looked for by an address is found here, and their orders say
-- which of them bear it.
create table customer_emails (
  tenant_id   uuid not null references tenants (id),
  email_key   text collate "C" not null,
  customer_id uuid not null,
  -- Serves the search of the order list by address, whole or beginning, and finds a customer who says no other id.
  primary key (tenant_id, email_key, customer_id)
);
insert into customer_emails select tenant_id, lower(email collate "C"), id from customers where octet_length(email) = char_length(email);
select set_config('app.backup', '', true);
select stoa_wall('customer_emails');
grant select, insert on customer_emails to stoa_app;

-- `customers.email_key` and its index stay for servers of the version before, which run beside this schema for a while.

-- Empty until the program says it, which it does with every new SKU; rows of those servers and of old backups come without.
alter table variants alter column sku_key drop expression;
alter table variants alter column sku_key set default '';

-- What was done to rows of older versions, and when first.
create table mended (
  what    text primary key,
  done_at timestamptz not null
);
grant select, insert on mended to stoa_app;
