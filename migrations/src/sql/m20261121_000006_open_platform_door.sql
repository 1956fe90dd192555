-- Rows that both a tenant and the platform's people see: jobs, backups and the like. What belongs to the
-- installation itself stands under the nil tenant, so that the key is the same for all.

-- Whether the running transaction is the platform's own: set by db::platform alone, never for a tenant.
create function stoa_platform() returns boolean language sql stable parallel safe
  as $$ select coalesce(current_setting('app.platform', true), '') = 'on' $$;

-- The wall of stoa_wall(), with a door for the platform.
create function stoa_wall_with_door(wall_table regclass) returns void language plpgsql as $$
begin
  perform stoa_wall(wall_table);
  execute format(
    'create policy platform_door on %s using ((select stoa_platform())) with check ((select stoa_platform()))',
    wall_table);
end $$;

revoke all on function stoa_wall_with_door(regclass) from public;
grant execute on function stoa_platform() to stoa_app;
