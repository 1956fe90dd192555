-- Serves the number beside "Partly refunded" over the list of orders. New orders are never in it, so it costs them nothing.
create index orders_partly_refunded on orders (tenant_id, store_id, placed_at)
  where payment_status = 'partially_refunded' and kind = 'sale' and status = 'open';
