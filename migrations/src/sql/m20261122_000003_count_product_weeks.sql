-- What each product sold in a week from Monday to Sunday: the sum of its days in `rollup_products`, kept by the same
-- statement. A month of days is three weeks and some days beside them, which is a third of the rows.
create table rollup_product_weeks (
  tenant_id  uuid not null,
  store_id   uuid not null,
  -- Its Monday, on the store's clock.
  week       date not null,
  product_id uuid not null,
  currency   text not null,
  quantity   bigint not null default 0,
  gross      bigint not null default 0,
  primary key (tenant_id, store_id, week, product_id, currency)
) with (fillfactor = 70);

-- What is there already, before the wall stands.
select set_config('app.backup', 'on', true);
insert into rollup_product_weeks
select tenant_id, store_id, date_trunc('week', day::timestamp)::date, product_id, currency, sum(quantity), sum(gross)
from rollup_products group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5;
select set_config('app.backup', '', true);

select stoa_wall('rollup_product_weeks');
grant select, insert, update, delete on rollup_product_weeks to stoa_app;
