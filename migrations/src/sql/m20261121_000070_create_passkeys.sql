-- Passkeys, and what the server asked a browser that is about to use or make one.

create table passkeys (
  user_id       uuid not null references users (id) on delete cascade,
  id            uuid not null,
  -- The name under which the device knows it; no two people have the same.
  credential_id bytea not null,
  name          text not null,
  -- The public key, and what else must be known to check a signature. Nothing in it is secret.
  credential    jsonb not null,
  -- What the device counted when it was last used; devices that do not count say 0.
  counter       bigint not null,
  created_at    timestamptz not null,
  last_used_at  timestamptz,
  primary key (user_id, id)
);
create unique index passkeys_credential on passkeys (credential_id);

-- What was asked, until it is answered or too old: each is taken once. Which browser may answer stands in its session.
create table ceremonies (
  -- SHA-256 of the name that the session holds.
  id_hash    bytea primary key,
  kind       text not null,
  state      jsonb not null,
  expires_at timestamptz not null
);
-- Serves the removal of those that nobody answered.
create index ceremonies_expires on ceremonies (expires_at);

-- Whether a password alone does not sign this person in: codes are on, or there is a passkey.
create function stoa_has_second_factor(person uuid) returns boolean language sql stable parallel safe
  as $$ select exists (select from second_factors f where f.user_id = person and f.confirmed_at is not null)
            or exists (select from passkeys p where p.user_id = person) $$;
grant execute on function stoa_has_second_factor(uuid) to stoa_app;

grant select, insert, update, delete on passkeys, ceremonies to stoa_app;
