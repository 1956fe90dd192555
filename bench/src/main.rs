//! `make bench`: Stoa beside baselines that do the least that could be done, in the same run and on the same machine.
//! A crate of its own, so that running it does not build the server a second time; see `docs/decisions/0010`.

mod bare;
mod cpu;
mod dashboard;
mod depth;
mod disturbed;
mod http;
mod import;
mod jobs;
mod list;
mod listeners;
mod load;
mod options;
mod order;
mod report;
mod rest;
mod sample;
mod script;
mod snapshot;
mod statements;
mod stoa;
mod world;

use clap::Parser;
use options::{Command, Measurement, Options};
use report::Report;
use world::World;

// As in the program that is measured.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Bare { addr, answer } => bare::serve(addr, &answer),
        Command::Run(options) => run(options),
    }
}

fn run(options: Options) -> anyhow::Result<()> {
    let mut report = Report::default();
    let mut world = World::make(options)?;
    for measurement in Measurement::ALL {
        if world.options.wants(measurement) {
            world.say(measurement.title());
            match measurement {
                Measurement::Import => import::measure(&mut world, &mut report)?,
                Measurement::Rest => rest::measure(&mut world, &mut report)?,
                Measurement::Dashboard => dashboard::measure(&mut world, &mut report)?,
                Measurement::List => list::measure(&mut world, &mut report)?,
                Measurement::Order => order::measure(&mut world, &mut report)?,
                Measurement::Listeners => listeners::measure(&mut world, &mut report)?,
                Measurement::SignIns => disturbed::sign_ins(&mut world, &mut report)?,
                Measurement::Neighbour => disturbed::neighbour(&mut world, &mut report)?,
                Measurement::Depth => depth::measure(&mut world, &mut report)?,
                Measurement::Jobs => jobs::measure(&mut world, &mut report)?,
            }
        }
    }
    report.print(&world.noise())
}
