//! Jobs that do nothing, done by `stoa worker` with one commit each, against pgbench taking, deleting and writing down the
//! same rows of the same tables, one by one and in one commit, with SKIP LOCKED and without regard to tenants.

use std::fs::OpenOptions;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};

use crate::cpu::{self, Meter};
use crate::load::pgbench;
use crate::report::{Goal, Report};
use crate::sample::{Sample, Samples};
use crate::world::{DATABASE, World};

const GOAL: Goal = Goal { must: 0.5, aim: 0.8 };
const PLACES: &str = "64";
// More a second than either side does.
const A_SECOND: u64 = 12_000;
const TRIES: usize = 5;
const STARTS_WITHIN: Duration = Duration::from_secs(30);

const BASELINE: &str = "with gone as (delete from jobs where (tenant_id, id) = (select tenant_id, id from jobs where queue = 'mail' and state = 'ready' and crashes = 0 \
      order by tenant_id, priority, run_at, id limit 1 for update skip locked) returning *) \
    insert into job_runs (tenant_id, job_id, fence, kind, queue, key, payload, attempt, outcome, enqueued_at, ready_at, started_at, finished_at, wait_ms, run_ms) \
    select tenant_id, id, 1, kind, queue, key, payload, 1, 'done', enqueued_at, run_at, clock_timestamp(), clock_timestamp(), 1, 1 from gone;\n";

pub fn measure(world: &mut World, report: &mut Report) -> anyhow::Result<()> {
    // It would do the jobs as well.
    world.stop_server();
    let world: &World = world;
    let script = world.write("jobs.sql", BASELINE)?;
    let (mut ours, mut baseline) = (Samples::default(), Samples::default());
    for _ in 0..world.options.rounds {
        fill(world, "default")?;
        let sample = work(world)?;
        fill(world, "mail")?;
        let plain = pgbench(world, &script, &[], world.options.seconds)?;
        ensure!(left(world, "mail")? > 0, "pgbench ran out of jobs");
        world.say(&format!("{:.0} jobs a second, {:.0} by pgbench", sample.rate, plain.rate));
        ours.push(sample);
        baseline.push(plain);
    }
    report.pair("jobs that do nothing", GOAL, &ours, &baseline);
    report.size("jobs a second, one commit each", format!("{:.0}", ours.rate()), "-", "5,000");
    empty(world)
}

// Of ten tenants.
fn fill(world: &World, queue: &str) -> anyhow::Result<()> {
    let count = A_SECOND * (world.options.seconds + 3);
    empty(world)?;
    world.sql(&format!(
        "insert into jobs (tenant_id, id, kind, queue, state, run_at, max_attempts, enqueued_at, actor) \
         select md5('tenant ' || n % 10)::uuid, md5('job ' || n)::uuid, 'do_nothing', '{queue}', 'ready', now(), 5, now(), 'job' from generate_series(1, {count}) n"
    ))?;
    world.sql("vacuum analyze jobs")?;
    world.sql("checkpoint").map(drop)
}

// A worker that was ended is still on its way out in PostgreSQL, and may stand in the way.
fn empty(world: &World) -> anyhow::Result<()> {
    let mut tries = (0..TRIES).map(|_| world.sql("truncate jobs, job_runs").map(drop));
    tries.find(Result::is_ok).unwrap_or_else(|| bail!("the tables of jobs cannot be emptied"))
}

fn left(world: &World, queue: &str) -> anyhow::Result<u64> {
    Ok(world.sql(&format!("select count(*) from jobs where queue = '{queue}'"))?.parse()?)
}

// A worker in the midst of its work.
fn work(world: &World) -> anyhow::Result<Sample> {
    let log = OpenOptions::new().create(true).append(true).open(world.file("stoa.log"))?;
    let child = Command::new(&world.options.stoa).arg("worker").env("STOA_JOB_PLACES", PLACES).stderr(log).spawn()?;
    let mut worker = Worker(child);
    let (all, begun) = (left(world, "default")?, Instant::now());
    while all - left(world, "default")? < 1_000 {
        ensure!(
            begun.elapsed() < STARTS_WITHIN,
            "the worker does nothing; its log is {}",
            world.file("stoa.log").display()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    let (before, meter) = (cpu::of(worker.0.id()), Meter::start(world.postmaster, DATABASE));
    let (first, begun) = (left(world, "default")?, Instant::now());
    std::thread::sleep(Duration::from_secs(world.options.seconds));
    let (last, taken) = (left(world, "default")?, begun.elapsed());
    let (program, postgres) = (cpu::of(worker.0.id()) - before, meter.stop());
    worker.end();
    ensure!(last > 0, "the worker ran out of jobs");
    Ok(Sample::new(first - last, taken, program, postgres))
}

struct Worker(Child);

impl Worker {
    fn end(&mut self) {
        // It may be gone already.
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.end();
    }
}
