-- An order that is taken although something of it was cut, cleaned or left out is listed with what that was.
alter table import_problems drop constraint import_problems_kind_check;
alter table import_problems add constraint import_problems_kind_check check (kind in ('rejected', 'skipped', 'adjusted'));
