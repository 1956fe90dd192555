-- Accounts, people and what they may enter with.
--
-- Roles: the owner of these tables runs migrations; the app works as stoa_app, which owns nothing
-- and cannot bypass row level security. Every tenant table gets its wall from stoa_wall().

do $$ begin
  if not exists (select from pg_roles where rolname = 'stoa_app') then
    create role stoa_app nologin nosuperuser nobypassrls;
  end if;
  -- So that one login can do both jobs where there is only one.
  if not pg_has_role(current_user, 'stoa_app', 'member') then
    execute format('grant stoa_app to %I', current_user);
  end if;
end $$;

grant usage on schema public to stoa_app;

-- The tenant of the running transaction; null when unset, and null equals nothing.
create function stoa_tenant() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.tenant', true), '')::uuid $$;

-- Row level security for a table with a tenant_id, for its owner too.
create function stoa_wall(wall_table regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', wall_table);
  execute format('alter table %s force row level security', wall_table);
  execute format(
    'create policy tenant_wall on %s using (tenant_id = (select stoa_tenant())) with check (tenant_id = (select stoa_tenant()))',
    wall_table);
end $$;

create table tiers (
  id         uuid primary key,
  slug       text not null unique,
  name       text not null,
  -- Limits by name, such as {"stores": 3}; absent means unlimited.
  limits     jsonb not null default '{}',
  created_at timestamptz not null
);

create table tenants (
  id           uuid primary key,
  slug         text not null unique,
  name         text not null,
  tier_id      uuid not null references tiers (id),
  suspended_at timestamptz,
  created_at   timestamptz not null
);

create table users (
  id                uuid primary key,
  email             text not null,
  name              text not null default '',
  -- Argon2id in PHC form.
  password_hash     text not null,
  is_platform_admin boolean not null default false,
  created_at        timestamptz not null
);
-- Serves sign-in.
create unique index users_email on users (lower(email));

create table stores (
  tenant_id  uuid not null references tenants (id),
  id         uuid not null,
  slug       text not null,
  name       text not null,
  time_zone  text not null,
  currency   text not null check (currency ~ '^[A-Z]{3}$'),
  week_start smallint not null default 1 check (week_start between 1 and 7),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, slug)
);
select stoa_wall('stores');

create table memberships (
  tenant_id  uuid not null references tenants (id),
  user_id    uuid not null references users (id) on delete cascade,
  role       text not null check (role in ('owner', 'manager', 'staff', 'viewer')),
  created_at timestamptz not null,
  primary key (tenant_id, user_id)
);
-- Serves the choice of tenants after sign-in.
create index memberships_user on memberships (user_id);
select stoa_wall('memberships');
-- People see their own memberships before a tenant is chosen.
create policy own_memberships on memberships for select
  using (user_id = nullif(current_setting('app.user', true), '')::uuid);

-- Behind the sessions in Redis. The cookie's value never stands here, only its SHA-256.
create table sessions (
  id         bytea primary key,
  user_id    uuid references users (id) on delete cascade,
  data       jsonb not null,
  created_at timestamptz not null,
  seen_at    timestamptz not null,
  expires_at timestamptz not null
);
-- Serves sign-out everywhere and the list of one's sessions.
create index sessions_user on sessions (user_id);
-- Serves pruning.
create index sessions_expiry on sessions (expires_at);

create table api_keys (
  tenant_id    uuid not null references tenants (id),
  id           uuid not null,
  name         text not null default '',
  -- SHA-256 of the secret part; the secret has 192 random bits, so no salt is needed.
  secret_hash  bytea not null,
  store_id     uuid,
  scopes       text[] not null,
  created_at   timestamptz not null,
  revoked_at   timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, secret_hash),
  foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
select stoa_wall('api_keys');

create table settings (
  tenant_id  uuid not null references tenants (id),
  -- The zero uuid for the tenant as a whole.
  store_id   uuid not null,
  name       text not null,
  value      jsonb not null,
  updated_at timestamptz not null,
  primary key (tenant_id, store_id, name)
);
select stoa_wall('settings');

create table audit_entries (
  tenant_id  uuid not null references tenants (id),
  at         timestamptz not null,
  id         uuid not null,
  -- 'user:<id>', 'key:<id>', 'command' or 'job'.
  actor      text not null,
  action     text not null,
  subject    text not null,
  details    jsonb not null default '{}',
  request_id text,
  primary key (tenant_id, at, id)
);
select stoa_wall('audit_entries');

grant select on tiers, tenants to stoa_app;
grant insert, update on tiers, tenants to stoa_app;
grant select, insert, update, delete on users, sessions, stores, memberships, api_keys, settings to stoa_app;
grant select, insert on audit_entries to stoa_app;
grant execute on function stoa_tenant() to stoa_app;
-- So that the app can say whether it fits the schema.
grant select on seaql_migrations to stoa_app;
