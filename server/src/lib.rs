//! The server: everything between the network and the nouns of `db`. `main.rs` is the program `stoa`, this
//! library is what it and the tests are made of.

mod account;
pub mod api;
pub mod auth;
pub mod backups;
pub mod commands;
pub mod config;
pub mod cursors;
pub mod data_folder;
pub mod error;
pub mod events;
pub mod files;
pub mod flash;
#[cfg(test)]
mod fuzz;
pub mod health;
pub mod home;
pub mod input;
pub mod listen;
pub mod logging;
pub mod metrics;
pub mod middleware;
pub mod outside;
pub mod pages;
pub mod router;
pub mod routes;
pub mod sessions;
pub mod shutdown;
pub mod slow;
pub mod state;
mod times;
pub mod work;
