-- What a tenant's name is found by, made by the program (domain::text_key). What is not plain ASCII, `stoa migrate` says.
alter table tenants add column name_key text not null default '';
update tenants set name_key = lower(name collate "C") where octet_length(name) = char_length(name);
