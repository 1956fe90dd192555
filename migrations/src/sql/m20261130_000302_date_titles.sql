-- When the order was placed that gave a variant its title: a newer one may give it another, an older one that is imported
-- late may not. Unknown for what was brought back from a backup of before.
alter table variants add column titled_at timestamptz;

-- What was sold before is called as the newest line calls it.
do $$
declare tenant uuid;
begin
  perform set_config('app.platform', 'on', true);
  for tenant in select id from tenants loop
    perform set_config('app.tenant', tenant::text, true);
    update variants v set title = n.title, titled_at = n.placed_at
    from variants w cross join lateral (
      select i.title, i.placed_at from order_items i where i.tenant_id = w.tenant_id and i.variant_id = w.id
      order by i.placed_at desc, i.order_id desc, i.position limit 1) n
    where w.tenant_id = tenant and v.tenant_id = tenant and v.id = w.id;
    update products p set title = n.title
    from (select distinct on (product_id) product_id, title from variants
          where tenant_id = tenant and titled_at is not null order by product_id, titled_at desc, id) n
    where p.tenant_id = tenant and p.id = n.product_id and p.title <> n.title;
  end loop;
  perform set_config('app.tenant', '', true), set_config('app.platform', '', true);
end $$;
