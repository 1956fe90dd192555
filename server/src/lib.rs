//! The server: everything between the network and the nouns of `db`. `main.rs` is the program `stoa`, this
//! library is what it and the tests are made of.

mod account;
pub mod api;
pub mod auth;
pub mod background;
pub mod backups;
pub mod commands;
pub mod config;
pub mod cursor_seal;
pub mod data_folder;
pub mod error;
pub mod events;
pub mod files;
pub mod flash;
#[cfg(test)]
mod fuzz;
pub mod health;
mod histogram;
pub mod home;
pub mod http_client;
pub mod input;
pub mod listen;
pub mod logging;
pub mod metrics;
pub mod middleware;
pub mod pages;
pub mod router;
pub mod routes;
pub mod sessions;
pub mod shutdown;
pub mod slow_requests;
pub mod state;
