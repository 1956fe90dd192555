-- Signing in through a tenant's own OpenID provider.

create table identity_providers (
  tenant_id     uuid primary key references tenants (id),
  -- Another one whenever something changes: sessions that began through the former end.
  id            uuid not null,
  issuer        text not null,
  client_id     text not null,
  -- Sealed with a key that is derived from the server's secret.
  client_secret bytea not null,
  -- People with addresses there may come.
  domains       text[] not null check (cardinality(domains) > 0),
  changed_at    timestamptz not null
);
select stoa_wall_with_door('identity_providers');

-- As whom somebody comes whom the provider calls `subject`. Each tenant has links of its own, whatever the issuer.
create table linked_identities (
  tenant_id  uuid not null references tenants (id),
  issuer     text not null,
  subject    text not null,
  user_id    uuid not null references users (id) on delete cascade,
  created_at timestamptz not null,
  primary key (tenant_id, issuer, subject)
);
-- One identity a person: an address that was given to somebody else there opens nothing of theirs.
create unique index linked_identities_user on linked_identities (tenant_id, user_id, issuer);
select stoa_wall('linked_identities');

grant select, insert, update, delete on identity_providers, linked_identities to stoa_app;
