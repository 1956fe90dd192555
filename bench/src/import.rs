//! `stoa import` against COPY of the rows that it made, into the same partitions with the same indexes.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::cpu::{self, Meter};
use crate::report::{Goal, Report};
use crate::sample::{Sample, Samples};
use crate::snapshot;
use crate::world::{DATABASE, TENANT, World, store};

const GOAL: Goal = Goal { must: 0.25, aim: 0.4 };
const TABLES: [&str; 2] = ["orders", "order_items"];

pub fn measure(world: &mut World, report: &mut Report) -> anyhow::Result<()> {
    let file = world.file("orders.jsonl");
    snapshot::write(&file, world.options.orders)?;
    let (mut ours, mut baseline) = (Samples::default(), Samples::default());
    for round in 1..=world.options.rounds {
        let (sample, copied) = (import(world, &file, round)?, copy(world, round)?);
        world.say(&format!("{:.0} items a second, {:.0} by COPY", sample.rate, copied.rate));
        ours.push(sample);
        baseline.push(copied);
    }
    world.sql("vacuum analyze")?;
    report.pair("import, items", GOAL, &ours, &baseline);
    Ok(())
}

/// One import, so that there is something to be listed, when imports are not measured.
pub fn fill(world: &World) -> anyhow::Result<()> {
    let file = world.file("orders.jsonl");
    if file.exists() {
        return Ok(());
    }
    snapshot::write(&file, world.options.orders)?;
    import(world, &file, 1)?;
    world.sql("vacuum analyze").map(drop)
}

fn import(world: &World, file: &Path, round: usize) -> anyhow::Result<Sample> {
    let mut command = Command::new(&world.options.stoa);
    command.args(["--json", "import", "--tenant", TENANT, "--store", &store(round), "--format", "orders-jsonl"]);
    timed(world, command.arg(file))
}

// Another tenant's rows, so that they are new to every index.
fn copy(world: &World, round: usize) -> anyhow::Result<Sample> {
    let mut whole = Sample { rate: f64::INFINITY, program: 0.0, postgres: 0.0 };
    for table in TABLES {
        let file = world.file(&format!("{table}.copy"));
        let columns = world.sql(&format!(
            "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute \
             where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attname <> 'tenant_id'"
        ))?;
        let rows = format!(
            "copy (select md5('{round}')::uuid, {columns} from {table} where store_id = \
             (select id from stores where slug = '{}') order by placed_at) to stdout",
            store(round)
        );
        let written = world.admin().args(["-c", &rows]).stdout(File::create(&file)?).status()?;
        ensure!(written.success(), "the rows of {table} could not be written down");
        let into = format!("copy {table} (tenant_id, {columns}) from stdin");
        let sample = timed(world, world.admin().args(["-c", &into]).stdin(File::open(&file)?))?;
        // One after the other: times add up.
        whole.rate = 1.0 / (1.0 / whole.rate + 1.0 / sample.rate);
        whole.program += sample.program;
        whole.postgres += sample.postgres;
    }
    Ok(whole)
}

fn timed(world: &World, command: &mut Command) -> anyhow::Result<Sample> {
    world.sql("checkpoint")?;
    let items = u64::try_from(world.options.orders * snapshot::ITEMS)?;
    let (begun, before) = (Instant::now(), cpu::of_ended_children());
    let meter = Meter::start(world.postmaster, DATABASE);
    let status = command.stdout(Stdio::null()).status()?;
    let taken: Duration = begun.elapsed();
    let (program, postgres) = (cpu::of_ended_children() - before, meter.stop());
    ensure!(status.success(), "{command:?} failed");
    Ok(Sample::new(items, taken, program, postgres))
}
