//! What all measurements need: the programs, the database, a tenant with a few stores, somebody signed in.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, ensure};

use crate::cpu;
use crate::options::Options;
use crate::stoa::Stoa;

/// The tenant.
pub const TENANT: &str = "bench";
/// The database, as `scripts/bench.sh` made it.
pub const DATABASE: &str = "stoa_bench";
const PERSON: &str = "owner@bench.test";
const PASSWORD: &str = "a-password-for-benchmarks";

/// Everything around the measurements.
pub struct World {
    pub options: Options,
    /// The process id of the PostgreSQL server.
    pub postmaster: u32,
    /// A key of the API that may write orders.
    pub key: String,
    /// Whether the server does background work too, as it does unless it is told not to.
    pub background: bool,
    begun: Instant,
    // Busy and all CPU time of the machine at the start.
    machine: (u64, u64),
    server: Option<(Stoa, String)>,
}

impl World {
    /// Makes the tenant, its stores `s1`, `s2` and so on, one a round, and its people.
    pub fn make(options: Options) -> anyhow::Result<Self> {
        let mut world = Self {
            options,
            postmaster: 0,
            key: String::new(),
            background: true,
            begun: Instant::now(),
            machine: cpu::machine(),
            server: None,
        };
        world.postmaster = world.sql("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")?.parse()?;
        world.stoa(&["tenant", "create", "--slug", TENANT, "--name", "Benchmarks"], "")?;
        for round in 1..=world.options.rounds {
            let store = store(round);
            let names = ["--tenant", TENANT, "--slug", &store, "--name", &store];
            let rest = ["--time-zone", "Europe/London", "--currency", "GBP"];
            world.stoa(&[&["store", "create"][..], &names, &rest].concat(), "")?;
        }
        let person = ["user", "create", "--email", PERSON, "--tenant", TENANT, "--role", "owner"];
        world.stoa(&person, PASSWORD)?;
        let key = world
            .stoa(&["--json", "api-key", "create", "--tenant", TENANT, "--scopes", "orders:write,events:read"], "")?;
        let key: serde_json::Value = serde_json::from_str(&key)?;
        world.key = key["key"].as_str().context("no key was printed")?.to_owned();
        Ok(world)
    }

    /// Tells what goes on.
    pub fn say(&self, words: &str) {
        let seconds = self.begun.elapsed().as_secs();
        // Nobody is there to be told when this fails.
        let _unheard = writeln!(std::io::stderr(), "   {seconds:>4} s  {words}");
    }

    /// Runs a command of Stoa; what it printed.
    pub fn stoa(&self, arguments: &[&str], input: &str) -> anyhow::Result<String> {
        let mut command = Command::new(&self.options.stoa);
        let mut child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        child.stdin.take().context("no input")?.write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "stoa {} failed", arguments.join(" "));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs SQL as superuser in the database of the benchmarks; what it printed.
    pub fn sql(&self, sql: &str) -> anyhow::Result<String> {
        let output = self.admin().args(["-At", "-c", sql]).stderr(Stdio::inherit()).output()?;
        ensure!(output.status.success(), "psql failed on: {sql}");
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// `psql` as superuser.
    pub fn admin(&self) -> Command {
        let mut command = Command::new(&self.options.admin[0]);
        // It may run as somebody who cannot be where we are.
        command.args(&self.options.admin[1..]).current_dir("/");
        command
    }

    /// A file of ours.
    pub fn file(&self, name: &str) -> PathBuf {
        self.options.home.join(name)
    }

    /// A file of ours with this text.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> anyhow::Result<PathBuf> {
        let path = self.file(name);
        File::create(&path)?.write_all(text.as_ref())?;
        Ok(path)
    }

    /// The server and the header line that signs in, both made when they are first asked for.
    pub fn server(&mut self) -> anyhow::Result<(u32, String)> {
        if self.server.is_none() {
            let stoa = Stoa::start(self)?;
            let cookie = stoa.sign_in(PERSON, PASSWORD)?;
            self.server = Some((stoa, cookie));
        }
        let (stoa, cookie) = self.server.as_ref().context("no server")?;
        Ok((stoa.pid(), cookie.clone()))
    }

    /// Ends the server, if it runs.
    pub fn stop_server(&mut self) {
        self.server = None;
    }

    /// Starts the server again; sessions and keys go on.
    pub fn restart(&mut self) -> anyhow::Result<u32> {
        let Some((stoa, cookie)) = self.server.take() else { return Ok(self.server()?.0) };
        drop(stoa);
        let stoa = Stoa::start(self)?;
        let pid = stoa.pid();
        self.server = Some((stoa, cookie));
        Ok(pid)
    }

    /// What the rest of the machine did meanwhile, in words.
    pub fn noise(&self) -> String {
        let (busy, all) = cpu::machine();
        let (busy, all) = (busy - self.machine.0, (all - self.machine.1).max(1));
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        format!(
            "{cores} cores, busy {}% of the time; load {}; {} s in all. {}",
            100 * busy / all,
            load.split(' ').next().unwrap_or_default(),
            self.begun.elapsed().as_secs(),
            "Where others work on the machine too, look at CPU time rather than at rates."
        )
    }
}

/// The store of a round, counted from 1.
pub fn store(round: usize) -> String {
    format!("s{round}")
}
