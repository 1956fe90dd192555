-- Serves the number of sales that wait to be fulfilled, and their list: without it both read all orders of a shop that
-- sends what it sells.
create index orders_to_fulfil on orders (tenant_id, placed_at desc, id desc)
  where fulfilment_status = 'unfulfilled' and kind = 'sale' and status = 'open';
