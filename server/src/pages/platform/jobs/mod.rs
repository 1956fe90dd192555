//! `/platform/jobs` and below it: what the queue does, and changes to it. A change by hand is asked for twice: first
//! without a reason, which shows what follows, then with one.

mod change;
pub mod list;
mod overview;
pub mod show;
mod stand;

use crate::auth::Needs;
use crate::routes::Routes;

/// All of it.
pub fn routes() -> Routes {
    const ADMIN: Needs = Needs::PlatformAdmin;
    Routes::new()
        .get("/platform/jobs", ADMIN, overview::show)
        .get("/platform/jobs/list", ADMIN, list::show)
        .post("/platform/jobs/change", ADMIN, change::submit)
        .post("/platform/jobs/queues/{name}/{verb}", ADMIN, stand::queue)
        .post("/platform/jobs/timetable/{name}/{verb}", ADMIN, stand::entry)
        .post("/platform/jobs/locks/{name}/break", ADMIN, stand::lock)
        .get("/platform/jobs/{id}", ADMIN, show::show)
}
