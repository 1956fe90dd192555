//! Load: `wrk` on a server, `pgbench` on PostgreSQL, and what both say about it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::cpu::{self, Meter};
use crate::sample::Sample;
use crate::world::{DATABASE, World};

/// A load by `wrk`.
pub struct Wrk<'a> {
    pub connections: usize,
    pub port: u16,
    pub path: &'a str,
    pub headers: &'a [String],
    /// A script, and a word for it.
    pub script: Option<(&'a Path, String)>,
    /// Who answers.
    pub pid: u32,
    /// Whether PostgreSQL works for it.
    pub with_postgres: bool,
}

impl Wrk<'_> {
    /// Measures for `seconds`.
    pub fn run(&self, world: &World, seconds: u64) -> anyhow::Result<Sample> {
        let mut command = Command::new("wrk");
        command.args(["-t1", "--timeout", "10s"]).arg(format!("-c{}", self.connections)).arg(format!("-d{seconds}s"));
        for header in self.headers {
            command.args(["-H", header]);
        }
        if let Some((script, _)) = &self.script {
            command.arg("-s").arg(script);
        }
        command.arg(format!("http://127.0.0.1:{}{}", self.port, self.path));
        if let Some((_, word)) = &self.script {
            command.args(["--", word]);
        }
        let before = cpu::of(self.pid);
        let meter = self.with_postgres.then(|| Meter::start(world.postmaster, DATABASE));
        let output = command.stderr(Stdio::inherit()).output().context("wrk is not installed")?;
        let program = cpu::of(self.pid) - before;
        let postgres = meter.map_or(Duration::ZERO, Meter::stop);
        let text = String::from_utf8(output.stdout)?;
        let bad = text.lines().find(|line| line.contains("Non-2xx") || line.contains("Socket errors"));
        ensure!(bad.is_none() && output.status.success(), "wrk on {}: {text}", self.path);
        let rate: f64 = field(&text, "Requests/sec:")?;
        let requests = text.lines().find(|line| line.contains(" requests in ")).context("wrk counted nothing")?;
        let count: u64 = requests.split_whitespace().next().unwrap_or_default().parse()?;
        Ok(Sample { rate, ..Sample::new(count, Duration::from_secs(seconds), program, postgres) })
    }
}

/// Runs a script with `pgbench` for `seconds`, as Stoa's own role.
pub fn pgbench(world: &World, script: &Path, variables: &[(String, String)], seconds: u64) -> anyhow::Result<Sample> {
    let options = &world.options;
    let mut command = Command::new(&options.pgbench);
    command.args(["-n", "-M", "prepared", "-j1", "-r"]);
    command.arg(format!("-c{}", options.clients)).arg(format!("-T{seconds}"));
    command.arg("-f").arg(script);
    for (name, value) in variables {
        command.arg("-D").arg(format!("{name}={value}"));
    }
    // As Stoa sets it on its connections; the platform's door matters for jobs alone.
    let (database, password) = without_password(&options.database);
    command.arg(database).envs(password.map(|password| ("PGPASSWORD", password)));
    command.env("PGOPTIONS", "-c jit=off -c app.platform=on");
    let before = cpu::of_ended_children();
    let meter = Meter::start(world.postmaster, DATABASE);
    let output = command.output().context("pgbench is not installed")?;
    let (program, postgres) = (cpu::of_ended_children() - before, meter.stop());
    let text = String::from_utf8(output.stdout)?;
    // What each statement took, for whoever asks where the time goes.
    std::fs::write(script.with_extension("txt"), &text)?;
    ensure!(output.status.success(), "pgbench: {text}{}", String::from_utf8_lossy(&output.stderr));
    let count: u64 = field(&text, "number of transactions actually processed:")?;
    let rate: f64 = field(&text, "tps =")?;
    Ok(Sample { rate, ..Sample::new(count, Duration::from_secs(seconds), program, postgres) })
}

// Arguments are seen by every account of the machine.
fn without_password(url: &str) -> (String, Option<String>) {
    let parts = || {
        let (scheme, rest) = url.split_once("://")?;
        let (login, address) = rest.rsplit_once('@')?;
        let (user, password) = login.split_once(':')?;
        Some((format!("{scheme}://{user}@{address}"), password.to_owned()))
    };
    parts().map_or_else(|| (url.to_owned(), None), |(plain, password)| (plain, Some(password)))
}

fn field<T: std::str::FromStr>(text: &str, name: &str) -> anyhow::Result<T> {
    let found = text.lines().find_map(|line| line.trim().strip_prefix(name)?.split_whitespace().next()?.parse().ok());
    found.with_context(|| format!("'{name}' is missing in: {text}"))
}
