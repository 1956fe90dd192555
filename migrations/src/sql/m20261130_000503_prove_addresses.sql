-- Whether somebody has shown that an address is theirs. It cannot be known how those of today came to be: they count as
-- proven, as if an administrator had vouched for each.
alter table users add column email_proven_at timestamptz;
update users set email_proven_at = now();

-- Whether this tenant stands for a member whose address is not proven: its own invitation made the account, or its owner
-- vouched for them. What is not vouched for waits until the address is proven.
alter table memberships add column is_vouched boolean not null default true;

-- Whether the link was shown to whoever invited. Following it then proves nothing of the address. Of those of today that
-- is not known.
alter table invitations add column is_shown boolean not null default true;

-- Secrets of codes that were never confirmed. They wait in the session from now on.
delete from second_factors where confirmed_at is null;
alter table second_factors alter column confirmed_at set not null;
