//! The first page of the order list of one store, drawn anew each time, against the SQL that it runs.

use crate::http;
use crate::import;
use crate::load::{Wrk, pgbench};
use crate::report::{Goal, Report};
use crate::sample::Samples;
use crate::script::Script;
use crate::statements::capture;
use crate::world::World;

/// The page.
pub const PATH: &str = "/t/bench/orders?store=s1";
const GOAL: Goal = Goal { must: 0.5, aim: 0.7 };

pub fn measure(world: &mut World, report: &mut Report) -> anyhow::Result<()> {
    import::fill(world)?;
    let (_, cookie) = world.server()?;
    let headers = [cookie];
    let port = world.options.port;
    let statements = capture(world, |_| {
        http::get(port, PATH, &headers)?;
        Ok(())
    })?;
    let (pid, _) = world.server()?;
    let wrk = Wrk {
        connections: world.options.clients,
        port,
        path: PATH,
        headers: &headers,
        script: None,
        pid,
        with_postgres: true,
    };
    let script = Script::of(&statements, &[]);
    let file = world.write("list.sql", &script.text)?;
    let variables = script.variables(0);
    let _warm = (wrk.run(world, 1)?, pgbench(world, &file, &variables, 1)?);
    let (mut ours, mut baseline) = (Samples::default(), Samples::default());
    for _ in 0..world.options.rounds {
        let seconds = world.options.seconds;
        let (sample, plain) = (wrk.run(world, seconds)?, pgbench(world, &file, &variables, seconds)?);
        world.say(&format!("{:.0} pages a second, {:.0} by pgbench", sample.rate, plain.rate));
        ours.push(sample);
        baseline.push(plain);
    }
    report.pair(&format!("order list, {} statements", statements.len()), GOAL, &ours, &baseline);
    Ok(())
}
