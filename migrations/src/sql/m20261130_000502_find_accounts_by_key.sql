-- Accounts and invitations are found by the normal form of their address, which domain::people::email_key makes: the
-- database compares it and decides nothing. What is plain ASCII is lowered here; `stoa migrate` mends the rest afterwards
-- (db::people::email_keys).
alter table users add column email_key text;
-- Where two addresses come to the same, the older account keeps it. The other is told apart by its id: nobody is
-- signed in as somebody else, and `stoa migrate` names it.
with keyed as (
  select id, lower(rtrim(btrim(email), '.') collate "C") as key,
    row_number() over (partition by lower(rtrim(btrim(email), '.') collate "C") order by created_at, id) as place
  from users)
update users u set email_key = case when k.place = 1 then k.key else k.key || '#' || u.id end from keyed k where k.id = u.id;
alter table users alter column email_key set not null;
drop index users_email;
-- Serves sign-in.
create unique index users_email on users (email_key);

alter table invitations add column email_key text;
-- They were checked to be plain ASCII, and are unique by that already. Row level security holds for owners as well.
alter table invitations no force row level security;
update invitations set email_key = lower(email collate "C");
alter table invitations force row level security;
alter table invitations alter column email_key set not null;
drop index invitations_email;
-- One open invitation a person: accepted and withdrawn ones are removed, the audit remembers them.
create unique index invitations_email on invitations (tenant_id, email_key);
