-- On which day the refunds of a store count: their own ('return'), or that of the order that they are made on ('order').
-- With the store's row, because the recording of a refund and every recount must know.
alter table stores add column returns_on text not null default 'return' check (returns_on in ('return', 'order'));
