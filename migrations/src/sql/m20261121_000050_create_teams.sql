-- Teams: roles of a tenant's own, members of some stores only, invitations, and what keeps accounts safe.

create table roles (
  tenant_id   uuid not null references tenants (id),
  id          uuid not null,
  name        text not null,
  -- Names of domain::permission::Permission.
  permissions text[] not null,
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  primary key (tenant_id, id)
);
-- No two roles of a tenant are called the same.
create unique index roles_name on roles (tenant_id, lower(name));
select stoa_wall('roles');

alter table memberships
  -- Set where the role is one of the tenant's own.
  add column role_id   uuid,
  -- The stores that the member reaches; null for all.
  add column store_ids uuid[] check (cardinality(store_ids) > 0),
  add foreign key (tenant_id, role_id) references roles (tenant_id, id),
  drop constraint memberships_role_check,
  add constraint memberships_role_check check (role in ('owner', 'manager', 'staff', 'viewer', 'custom')),
  add constraint memberships_role_id_check check ((role = 'custom') = (role_id is not null)),
  -- An owner of some stores only would be none.
  add constraint memberships_owner_check check (role <> 'owner' or store_ids is null);
-- Serves the question whether a role is in use.
create index memberships_role on memberships (tenant_id, role_id) where role_id is not null;

-- People see their own roles before a tenant is chosen.
create policy own_roles on roles for select using (
  exists (select from memberships m where m.tenant_id = roles.tenant_id and m.role_id = roles.id
          and m.user_id = nullif(current_setting('app.user', true), '')::uuid));

-- Whether members must sign in with a second factor.
alter table tenants add column needs_second_factor boolean not null default false;

create table invitations (
  tenant_id  uuid not null references tenants (id),
  id         uuid not null,
  email      text not null,
  role       text not null check (role in ('manager', 'staff', 'viewer', 'custom')),
  role_id    uuid,
  store_ids  uuid[] check (cardinality(store_ids) > 0),
  -- SHA-256 of the secret part of the link; another one after each resending.
  token_hash bytea not null,
  invited_by text not null,
  created_at timestamptz not null,
  sent_at    timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, token_hash),
  -- No key to roles: a restore may take one away, and an invitation is no part of it.
  check ((role = 'custom') = (role_id is not null))
);
-- One open invitation a person: accepted and withdrawn ones are removed, the audit remembers them.
create unique index invitations_email on invitations (tenant_id, lower(email));
select stoa_wall('invitations');

-- Codes of an app on somebody's phone.
create table second_factors (
  user_id      uuid primary key references users (id) on delete cascade,
  -- Sealed with a key that is derived from the server's secret.
  secret       bytea not null,
  -- Null until the first right code.
  confirmed_at timestamptz,
  -- The time step of the last code that was used: neither it nor an older one opens anything again.
  last_step    bigint not null default 0,
  created_at   timestamptz not null
);

-- What opens in place of a code when the phone is lost, each once.
create table recovery_codes (
  user_id   uuid not null references users (id) on delete cascade,
  code_hash bytea not null,
  used_at   timestamptz,
  primary key (user_id, code_hash)
);

-- Links that were sent by mail: to choose another password, to confirm another address.
create table account_links (
  token_hash bytea primary key,
  user_id    uuid not null references users (id) on delete cascade,
  purpose    text not null check (purpose in ('password', 'email')),
  -- The address that the link confirms.
  email      text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  check ((purpose = 'email') = (email is not null))
);
-- Serves taking back what was sent before.
create index account_links_user on account_links (user_id, purpose);

-- Browsers in which somebody signed in before, by the SHA-256 of their cookie.
create table known_devices (
  user_id     uuid not null references users (id) on delete cascade,
  device_hash bytea not null,
  first_at    timestamptz not null,
  last_at     timestamptz not null,
  primary key (user_id, device_hash)
);

alter table api_keys
  add column expires_at   timestamptz,
  -- To the minute.
  add column last_used_at timestamptz,
  add column created_by   text not null default '';

-- Platform admins who look at a tenant as one of its members.
create table impersonations (
  tenant_id  uuid not null references tenants (id),
  id         uuid not null,
  admin_id   uuid not null references users (id),
  member_id  uuid not null references users (id),
  reason     text not null,
  -- Whether they may change things as well.
  is_raised  boolean not null default false,
  began_at   timestamptz not null,
  until      timestamptz not null,
  ended_at   timestamptz,
  primary key (tenant_id, id)
);
-- Serves the list of a tenant's.
create index impersonations_began on impersonations (tenant_id, began_at);
select stoa_wall_with_door('impersonations');

grant select, insert, update, delete on roles, invitations, second_factors, recovery_codes, account_links, known_devices to stoa_app;
grant select, insert, update on impersonations to stoa_app;
