-- What the number of an order is found by. Shops write it with a sign or a word before it, in wide characters, with leading
-- zeros, or behind a prefix of their own: `#1001`, `No. 1001`, `＃１００１`, `0012`, `SHOP-1001`. It is said once, here, for the
-- numbers that are stored and for what people type, so that the two can never differ. Every name is written out, because
-- pg_restore fills tables with an empty search path; nothing has a setting of its own or a table, so that it is inlined.

-- In one form of writing and in lower case; № is a sign like #, and all dashes are one.
create function stoa_number_plain(number text) returns text language sql immutable parallel safe as $$
  select translate(lower(translate(normalize(translate(number, '№İ', '#i'), NFKC),
    chr(173) || chr(8203) || chr(8204) || chr(8205) || chr(8288) || chr(65279), '')),
    'ς‐‑‒–—―−', 'σ-------')
$$;

-- The same without spaces, and without signs and words for "number" before it. What is nothing but those keeps them.
create function stoa_number_key(number text) returns text language sql immutable parallel safe as $$
  select case when number !~ '[^0-9]' then number else
    coalesce(nullif(regexp_replace(regexp_replace(public.stoa_number_plain(number),
        '^(\s|#|n°|(order|number|num|nr|no)\s*[.:]|(order|number|num|nr|no)(?=\s*#|\s+[0-9]))+', ''), '\s', '', 'g'), ''),
      regexp_replace(public.stoa_number_plain(number), '\s', '', 'g')) end
$$;

-- The last digits of a number whose key has more than those, without leading zeros: 1001 of SHOP-1001, 12 of 0012.
create function stoa_number_tail(number text) returns text language sql immutable parallel safe as $$
  select case when number ~ '^0|[^0-9]' then
    nullif(ltrim(substring(public.stoa_number_key(number) from '([0-9]+)[^0-9]*$'), '0'), '') end
$$;

-- What a text is looked up by among those: digits alone, without leading zeros.
create function stoa_number_digits(typed text) returns text language sql immutable parallel safe as $$
  select case when public.stoa_number_key(typed) ~ '^[0-9]+$' then nullif(ltrim(public.stoa_number_key(typed), '0'), '') end
$$;

revoke all on function stoa_number_plain(text), stoa_number_key(text), stoa_number_tail(text), stoa_number_digits(text) from public;
grant execute on function stoa_number_plain(text), stoa_number_key(text), stoa_number_tail(text), stoa_number_digits(text) to stoa_app;

drop index order_refs_number;
alter table order_refs drop column number_key,
  add column number_key text collate "C" not null generated always as (public.stoa_number_key(number)) stored,
  add column tail_key text collate "C" generated always as (public.stoa_number_tail(number)) stored;
-- Serve the search by number, whole or beginning. They hold where the order is, so that what many orders match is put in
-- order without reading each of them.
create index order_refs_number on order_refs (tenant_id, number_key) include (placed_at, order_id);
create index order_refs_tail on order_refs (tenant_id, tail_key) include (placed_at, order_id) where tail_key is not null;
