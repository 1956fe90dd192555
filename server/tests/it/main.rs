//! The server against a real PostgreSQL, over real connections. One file per area.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod account;
mod api_access;
mod api_bad_input;
mod api_client;
mod api_orders;
mod api_reports;
mod audit;
mod backups;
mod backups_page;
mod browser;
mod cluster;
mod commands;
mod cross_site;
mod events;
mod forged;
mod harness;
mod headers;
mod health;
mod impersonation;
mod injection;
mod invitations;
mod keys;
mod killed;
mod letters;
mod limits;
mod matrix;
mod order_pages;
mod partitions;
mod platform;
mod postgres_crashes;
mod rates;
mod real_file;
mod redis_gone;
mod removed;
mod second_factor;
mod second_step;
mod settings;
mod sign_in;
mod sign_out;
mod some_stores;
mod team;
mod tenancy;
mod tenants;
mod writes;
