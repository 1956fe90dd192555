//! Does it matter how many orders there are, and how far down a list one looks? The same lists and dashboards at several
//! sizes, one after the other, each in a database of that many order items.

mod dashboards;
mod fill;
mod lists;
mod times;

use std::io::BufRead;

use crate::report::Report;
use crate::world::World;
use fill::Filled;
use times::Times;

/// What was found at one size, in the order of its lines.
type Found = Vec<(String, Times)>;

pub fn measure(world: &mut World, report: &mut Report) -> anyhow::Result<()> {
    // A first backup of everything would begin with the server.
    world.background = false;
    let mut smallest: Option<(Filled, Found)> = None;
    for items in world.options.items.clone() {
        world.stop_server();
        let filled = fill::fill(world, items)?;
        let mut found = Found::new();
        while waited(world)? {
            world.restart()?;
            let lists = lists::measure(world, filled, report)?;
            dashboards::measure(world, filled, report)?;
            found = lists;
            if !world.options.wait {
                break;
            }
        }
        match &smallest {
            Some((small, before)) => compare(report, (*small, before), (filled, &found)),
            None => smallest = Some((filled, found)),
        }
    }
    Ok(())
}

// Whether to measure (again): asked only where somebody wants to be asked.
fn waited(world: &World) -> anyhow::Result<bool> {
    if !world.options.wait {
        return Ok(true);
    }
    world.say("Filled. A line on standard input measures (again), its end goes on");
    let mut line = String::new();
    Ok(std::io::stdin().lock().read_line(&mut line)? > 0 && line.trim() != "on")
}

// The middle of each list against the same list at the smallest size.
fn compare(report: &mut Report, (small, before): (Filled, &Found), (large, now): (Filled, &Found)) {
    for ((what, now), (_, before)) in now.iter().zip(before) {
        let line = format!("{what}: {} against {} items", millions(large.items), millions(small.items));
        let text = format!("{:.2}x ({:.2} and {:.2} ms)", now.ms(500) / before.ms(500), now.ms(500), before.ms(500));
        report.size(&line, text, "<= 1.15x", "1.05x");
    }
}

/// `8.2M`.
fn millions(items: u64) -> String {
    let tenths = (items + 50_000) / 100_000;
    format!("{}.{}M", tenths / 10, tenths % 10)
}
