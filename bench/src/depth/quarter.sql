-- One quarter of orders with all that Stoa keeps of them, straight into its tables. In braces: what `fill.rs` puts in.
-- Shops are open from 7 to 23 o'clock UTC, so that a London day is a day of UTC and no two quarters write the same figures.
set local jit = off;
set local enable_mergejoin = off;
set local work_mem = '256MB';
select setseed({seed});

create temp table wares on commit drop as
select v.store_id, v.id variant_id, v.product_id, v.sku, v.title, row_number() over (partition by v.store_id order by v.sku)::int - 1 n
from variants v where v.tenant_id = '{tenant}';
analyze wares;

-- Of a hundred orders four are returns and three were cancelled; of one in a hundred a quarter was given back.
create temp table draft on commit drop as
select n, at, (at at time zone 'UTC')::date local_day, shops[store + 1] store_id, ({number} + n)::text number,
  (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || left(scatter, 3) || '8' || substr(scatter, 4, 15))::uuid id,
  buyer_no, md5('{tenant} customer ' || shops[store + 1] || buyer_no)::uuid customer_id,
  case when fate < 0.04 then 1 + mod(n, 3) else 1 + floor(lines * 32)::int end lines,
  fate < 0.04 is_return, fate between 0.04 and 0.07 is_cancelled, fate between 0.07 and 0.08 is_refunded, fate > 0.9 is_reduced
from (select n, shops, md5(({number} + n)::text) scatter, floor(random() ^ 2 * array_length(shops, 1))::int store,
    random() fate, floor({customers} * random() ^ 1.5)::int buyer_no, random() lines,
    timestamptz '{first} 07:00+00' + make_interval(secs => floor((n - 0.5) * {days} / {orders}) * 86400 + mod((n - 0.5) * {days} / {orders}, 1) * 57600) as at
  from generate_series(1, {orders}) n, (select array_agg(id order by slug) shops from stores where tenant_id = '{tenant}') s) dice;
analyze draft;

insert into order_items_{quarter} (tenant_id, placed_at, order_id, position, store_id, variant_id, sku, title, kind, quantity, unit_price, amount)
select '{tenant}', d.at, d.id, d.position, d.store_id, w.variant_id, w.sku, w.title, 'product', d.quantity, 199 + 50 * mod(w.n, 80), d.quantity * (199 + 50 * mod(w.n, 80))
from (select d.*, l.position, floor(random() ^ 2 * {products})::int ware, case when d.is_return then -1 else 1 + floor(random() * 4)::int end quantity
  from draft d cross join lateral generate_series(1, d.lines) l (position)) d
join wares w on w.store_id = d.store_id and w.n = d.ware;

insert into orders_{quarter} (tenant_id, placed_at, id, store_id, local_day, number, kind, status, payment_status, fulfilment_status, currency,
  customer_id, customer_email, customer_email_key, customer_name, item_count, gross, discounts, shipping, tax, fees, total, refunded, tags, created_at, updated_at)
select '{tenant}', d.at, d.id, d.store_id, d.local_day, d.number, case when d.is_return then 'return' else 'sale' end,
  case when d.is_cancelled then 'cancelled' else 'open' end, case when d.is_refunded then 'partially_refunded' else 'paid' end, 'unfulfilled', 'GBP',
  d.customer_id, 'buyer' || d.buyer_no || '@bench.test', 'buyer' || d.buyer_no || '@bench.test', 'Buyer ' || d.buyer_no, d.lines, i.gross, m.discounts, m.shipping, 0, 0, i.gross - m.discounts + m.shipping,
  case when d.is_refunded then i.gross / 4 else 0 end, '{web}', d.at, d.at
from draft d join (select order_id, sum(amount)::bigint gross from order_items_{quarter} group by order_id) i on i.order_id = d.id
cross join lateral (select case when d.is_reduced then i.gross / 20 else 0 end discounts, case when d.is_return then 0 else 495 end shipping) m
order by d.at;

insert into order_refs (tenant_id, store_id, number, order_id, placed_at, fingerprint)
select '{tenant}', store_id, number, id, at, sha256(number::bytea) from draft order by at;

insert into rollup_days (tenant_id, store_id, day, currency, orders, cancelled, return_orders, items, gross, discounts, returned, shipping)
select tenant_id, store_id, local_day, currency, {figures} from orders_{quarter} group by 1, 2, 3, 4 order by 2, 3;
insert into rollup_hours (tenant_id, store_id, hour, currency, orders, cancelled, return_orders, items, gross, discounts, returned, shipping)
select tenant_id, store_id, date_trunc('hour', placed_at), currency, {figures} from orders_{quarter} group by 1, 2, 3, 4 order by 2, 3;
insert into rollup_products (tenant_id, store_id, day, product_id, currency, quantity, gross)
select '{tenant}', d.store_id, d.local_day, w.product_id, 'GBP', sum(i.quantity), sum(i.amount)
from order_items_{quarter} i join draft d on d.id = i.order_id and not d.is_return and not d.is_cancelled join wares w on w.variant_id = i.variant_id
group by 2, 3, 4 order by 2, 3, 4;
