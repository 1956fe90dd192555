//! The dashboard while nothing changes, against a handler that sends the same bytes.

use std::process::{Child, Command};
use std::time::Duration;

use anyhow::ensure;

use crate::http;
use crate::import;
use crate::load::Wrk;
use crate::report::{Goal, Report};
use crate::sample::Samples;
use crate::world::World;

const GOAL: Goal = Goal { must: 0.6, aim: 0.8 };
const PATH: &str = "/t/bench";

pub fn measure(world: &mut World, report: &mut Report) -> anyhow::Result<()> {
    import::fill(world)?;
    let (pid, cookie) = world.server()?;
    let headers = [cookie];
    let answer = http::get(world.options.port, PATH, &headers)?;
    let bare = Bare::start(world, &world.write("dashboard.http", answer.bytes())?)?;
    let connections = world.options.clients * 4;
    let load =
        |port, pid| Wrk { connections, port, path: PATH, headers: &headers, script: None, pid, with_postgres: false };
    let (stoa, bare) = (load(world.options.port, pid), load(world.options.bare_port, bare.0.id()));
    let (mut ours, mut baseline) = (Samples::default(), Samples::default());
    let _warm = (stoa.run(world, 1)?, bare.run(world, 1)?);
    for _ in 0..world.options.rounds {
        let (sample, plain) = (stoa.run(world, world.options.seconds)?, bare.run(world, world.options.seconds)?);
        world.say(&format!("{:.0} pages a second, {:.0} by the bare handler", sample.rate, plain.rate));
        ours.push(sample);
        baseline.push(plain);
    }
    report.pair("cached dashboard", GOAL, &ours, &baseline);
    Ok(())
}

/// This program as the bare handler; it ends with this value.
struct Bare(Child);

impl Bare {
    fn start(world: &World, answer: &std::path::Path) -> anyhow::Result<Self> {
        let port = world.options.bare_port;
        let child =
            Command::new(std::env::current_exe()?).arg("bare").arg(format!("127.0.0.1:{port}")).arg(answer).spawn()?;
        let bare = Self(child);
        let answers = || http::get(port, "/", &[]).is_ok();
        let patient = (0..500).any(|_| {
            answers() || {
                std::thread::sleep(Duration::from_millis(10));
                false
            }
        });
        ensure!(patient, "the bare handler does not start");
        Ok(bare)
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}
