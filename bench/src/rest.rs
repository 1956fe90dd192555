//! What stands for itself: the time until it is ready, memory at rest, and what goes over the wire.

use std::time::Duration;

use crate::cpu;
use crate::http;
use crate::import;
use crate::list;
use crate::report::Report;
use crate::stoa::Stoa;
use crate::world::World;

const SETTLES_WITHIN: Duration = Duration::from_secs(3);

pub fn measure(world: &mut World, report: &mut Report) -> anyhow::Result<()> {
    import::fill(world)?;
    let mut starts = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..world.options.rounds {
        let stoa = Stoa::start(world)?;
        starts.push(stoa.ready_after);
        std::thread::sleep(SETTLES_WITHIN);
        memory.push(cpu::resident_kb(stoa.pid())?);
    }
    starts.sort();
    memory.sort_unstable();
    let middle = starts.len() / 2;
    report.size("ready after start", format!("{:.2} s", starts[middle].as_secs_f64()), "<= 1 s", "0.3 s");
    report.size("memory at rest", megabytes(memory[middle]), "<= 120 MB", "60 MB");

    let (_, cookie) = world.server()?;
    let port = world.options.port;
    let headers = [cookie, "Accept-Encoding: br".to_owned()];
    let page = http::get(port, list::PATH, &headers[..1])?;
    let page = String::from_utf8_lossy(&page.body).into_owned();
    let compressed = http::get(port, list::PATH, &headers)?.body.len();
    let rows = page.matches("/orders/s1/").count();
    report.size(&format!("order list, {rows} links to orders"), kilobytes(compressed), "<= 15 KB", "12 KB");
    let mut programs: Vec<&str> = page
        .split(['"', '\''])
        .filter(|t| t.starts_with('/') && (t.ends_with(".js") || t.ends_with(".wasm")))
        .collect();
    programs.sort_unstable();
    programs.dedup();
    let mut bytes = 0;
    for path in &programs {
        bytes += http::get(port, path, &headers)?.body.len();
    }
    report.size(&format!("JS + WASM of a page, {} files", programs.len()), kilobytes(bytes), "<= 110 KB", "60 KB");
    Ok(())
}

fn megabytes(kilobytes: u64) -> String {
    format!("{} MB", kilobytes / 1_024)
}

fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1_000, bytes % 1_000 / 100)
}
