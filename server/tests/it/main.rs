//! The server against a real PostgreSQL, over real connections. One file per area.

mod api_access;
mod api_bad_input;
mod api_client;
mod api_orders;
mod api_reports;
mod browser;
mod commands;
mod cross_site;
mod events;
mod harness;
mod headers;
mod health;
mod limits;
mod sign_in;
mod sign_out;
mod tenancy;
