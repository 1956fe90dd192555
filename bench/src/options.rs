//! The command line. `scripts/bench.sh` fills it in; what people add to `make bench`'s script comes last.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, ValueEnum};

/// Benchmarks, each beside its baseline.
#[derive(Debug, Parser)]
pub enum Command {
    /// Measure.
    Run(Options),
    /// The baseline of the dashboard: answers every request with the same bytes.
    Bare {
        /// Where to listen.
        addr: SocketAddr,
        /// The answer: status line, headers, an empty line, body.
        answer: PathBuf,
    },
}

/// How to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// The program that is measured.
    #[arg(long)]
    pub stoa: PathBuf,
    /// A folder for everything that is written here.
    #[arg(long)]
    pub home: PathBuf,
    /// A free port.
    #[arg(long)]
    pub port: u16,
    /// Another one, for the bare handler.
    #[arg(long)]
    pub bare_port: u16,
    /// `pgbench`.
    #[arg(long)]
    pub pgbench: PathBuf,
    /// The server's log as PostgreSQL names it.
    #[arg(long)]
    pub server_log: String,
    /// The database as Stoa sees it.
    #[arg(long, env = "DATABASE_URL")]
    pub database: String,
    /// How often each side is measured; the medians count.
    #[arg(long, default_value_t = 3)]
    pub rounds: usize,
    /// How long each time, in seconds.
    #[arg(long, default_value_t = 5)]
    pub seconds: u64,
    /// Clients at once against PostgreSQL; the dashboard gets four times as many.
    #[arg(long, default_value_t = 8)]
    pub clients: usize,
    /// Orders in the file to be imported, three items each.
    #[arg(long, default_value_t = 100_000)]
    pub orders: usize,
    /// Sizes for `depth`, in order items, smallest first: 200,000 or more. The full figures are for 8200000,50000000.
    #[arg(long, value_delimiter = ',', default_values_t = [200_000, 1_000_000], value_parser = clap::value_parser!(u64).range(200_000..))]
    pub items: Vec<u64>,
    /// `depth` measures a size when a line comes on standard input, and again with each further one, until one says `on`.
    #[arg(long)]
    pub wait: bool,
    /// Only these.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Measurement>,
    /// `psql` as superuser on the database of the benchmarks, with all its arguments.
    #[arg(last = true, required = true)]
    pub admin: Vec<String>,
}

/// One measurement. They run in this order: the import fills the tables for the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Measurement {
    Import,
    Rest,
    Dashboard,
    List,
    Order,
    Jobs,
    SignIns,
    Neighbour,
    Listeners,
    /// Only when it is named: it throws away what the others have filled in, and takes some minutes.
    Depth,
}

impl Measurement {
    pub const ALL: [Self; 10] = [
        Self::Import,
        Self::Rest,
        Self::Dashboard,
        Self::List,
        Self::Order,
        Self::Jobs,
        Self::SignIns,
        Self::Neighbour,
        Self::Listeners,
        Self::Depth,
    ];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Import => "Import against COPY",
            Self::Rest => "At rest",
            Self::Dashboard => "Cached dashboard against a bare handler",
            Self::List => "Order list against the same SQL",
            Self::Order => "Single orders against the same statements",
            Self::SignIns => "Order lists beside a crowd that signs in",
            Self::Neighbour => "Order lists beside a loud tenant",
            Self::Listeners => "Listeners",
            Self::Depth => "Lists and dashboards by size",
            Self::Jobs => "Jobs that do nothing against SKIP LOCKED",
        }
    }
}

impl Options {
    /// Whether `measurement` is asked for.
    pub fn wants(&self, measurement: Measurement) -> bool {
        self.only.contains(&measurement) || (self.only.is_empty() && measurement != Measurement::Depth)
    }
}
