//! The program `stoa`.

use std::process::ExitCode;

use clap::Parser;
use server::commands::Cli;

// Rendering and long-lived streams fragment the system's heap.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    // Before anything is made: dumps, messages and logs are nobody else's.
    jobs::private::close_umask();
    // Two libraries bring TLS; both must use the same provider, and the first call decides.
    let _first = rustls::crypto::ring::default_provider().install_default();
    Cli::parse().run()
}
