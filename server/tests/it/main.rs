//! The server against a real PostgreSQL, over real connections. One file per area.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod account;
mod api_access;
mod api_bad_input;
mod api_client;
mod api_orders;
mod api_reports;
mod audit;
mod authenticator;
mod backups;
mod backups_page;
mod browser;
mod cluster;
mod commands;
mod company;
mod company_settings;
mod company_told;
mod cross_site;
mod cursors;
mod doctor;
mod events;
mod forged;
mod guessing;
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
mod openid;
mod order_pages;
mod partitions;
mod passkeys;
mod passkeys_account;
mod performance;
mod platform;
mod platform_stand;
mod postgres_crashes;
mod pruned;
mod rates;
mod real_file;
mod redis_gone;
mod removed;
mod replayed;
mod running;
mod second_factor;
mod second_step;
mod session_copies;
mod settings;
mod sign_in;
mod sign_out;
mod some_stores;
#[expect(dead_code, reason = "the tests of copies elsewhere use the rest of it")]
#[path = "../../../jobs/tests/it/sshd.rs"]
mod sshd;
mod team;
mod tenancy;
mod tenants;
mod usage_page;
mod writes;
