//! Pages and the forms on them, a file a noun: *scope, one verb, view*. What they look like is in `app`.

pub(crate) mod answer;
mod audit;
mod backups;
mod cached_page;
mod dashboard;
mod dashboard_key;
pub(crate) mod draw;
mod filters;
pub(crate) mod frame;
mod functions;
mod imports;
mod jobs;
mod keys;
mod orders;
mod platform;
mod settings;
mod styleguide;
mod team;
mod theme;
mod usage;
pub mod visit;
mod webhooks;

use domain::permission::Permission as P;

use crate::auth::Needs::{Member, Membership, Nothing};
use crate::routes::Routes;

/// All routes that answer with pages.
pub fn routes() -> Routes {
    const ORDER: &str = "/t/{tenant}/orders/{store}/{number}";
    Routes::new()
        .post("/theme", Nothing, theme::choose)
        .merge(platform::routes())
        // Outside of the demo it answers as if it did not exist.
        .get("/styleguide", Nothing, styleguide::show)
        .get("/t/{tenant}", Member(P::ReadReports), dashboard::show)
        .get("/t/{tenant}/fn/search", Membership, functions::search)
        .get("/t/{tenant}/orders", Member(P::ReadOrders), orders::index)
        .get("/t/{tenant}/orders/arrived", Member(P::ReadOrders), orders::arrived)
        .get(ORDER, Member(P::ReadOrders), orders::show)
        .get(&format!("{ORDER}/pay"), Member(P::WriteOrders), orders::ask_pay)
        .post(&format!("{ORDER}/pay"), Member(P::WriteOrders), orders::pay)
        .get(&format!("{ORDER}/fulfil"), Member(P::WriteOrders), orders::ask_fulfil)
        .post(&format!("{ORDER}/fulfil"), Member(P::WriteOrders), orders::fulfil)
        .post(&format!("{ORDER}/hold"), Member(P::WriteOrders), orders::hold)
        .post(&format!("{ORDER}/close"), Member(P::WriteOrders), orders::close)
        .post(&format!("{ORDER}/note"), Member(P::WriteOrders), orders::note)
        .get(&format!("{ORDER}/edit"), Member(P::WriteOrders), orders::ask_edit)
        .post(&format!("{ORDER}/edit"), Member(P::WriteOrders), orders::edit)
        .get(&format!("{ORDER}/cancel"), Member(P::CancelOrders), orders::ask_cancel)
        .post(&format!("{ORDER}/cancel"), Member(P::CancelOrders), orders::cancel)
        .get(&format!("{ORDER}/refund"), Member(P::RefundOrders), orders::ask_refund)
        .post(&format!("{ORDER}/refund"), Member(P::RefundOrders), orders::refund)
        .get(&format!("{ORDER}/refund/sum"), Member(P::RefundOrders), orders::refund_sum)
        .get("/t/{tenant}/imports", Member(P::ReadImports), imports::index)
        .post("/t/{tenant}/imports", Member(P::RunImports), imports::create)
        .get("/t/{tenant}/imports/new", Member(P::RunImports), imports::new)
        .get("/t/{tenant}/imports/{id}", Member(P::ReadImports), imports::show)
        .post("/t/{tenant}/imports/{id}/start", Member(P::RunImports), imports::start)
        .get("/t/{tenant}/backups", Member(P::ReadBackups), backups::index)
        .post("/t/{tenant}/backups", Member(P::ManageBackups), backups::ask)
        .get("/t/{tenant}/backups/{id}/download", Member(P::ManageBackups).again(), backups::download)
        .get("/t/{tenant}/audit", Member(P::ReadAudit), audit::index)
        .get("/t/{tenant}/audit/export", Member(P::ReadAudit).again(), audit::export)
        .get("/t/{tenant}/settings", Member(P::ManageStores), settings::show)
        .post("/t/{tenant}/settings", Member(P::ManageStores), settings::save)
        .get("/t/{tenant}/settings/sso", Member(P::ManagePeople), settings::sso)
        .post("/t/{tenant}/settings/sso", Member(P::ManagePeople).again(), settings::save_sso)
        .get("/t/{tenant}/settings/sso/remove", Member(P::ManagePeople), settings::ask_remove_sso)
        .post("/t/{tenant}/settings/sso/remove", Member(P::ManagePeople).again(), settings::remove_sso)
        .get("/t/{tenant}/settings/sign-in", Member(P::ManagePeople), settings::moved_sso)
        .post("/t/{tenant}/settings/backups", Member(P::ManageBackups), settings::backups)
        .post("/t/{tenant}/settings/stores", Member(P::ManageStores), settings::add_store)
        .get("/t/{tenant}/settings/stores/{store}", Member(P::ManageStores), settings::store)
        .post("/t/{tenant}/settings/stores/{store}", Member(P::ManageStores), settings::change)
        .post("/t/{tenant}/settings/stores/{store}/stock", Member(P::ManageStores), settings::stock)
        .get("/t/{tenant}/usage", Member(P::ManageStores), usage::show)
        .merge(keys::routes())
        .merge(webhooks::routes())
        .merge(team::routes())
        .get("/t/{tenant}/settings/jobs", Member(P::ReadJobs), jobs::index)
        .get("/t/{tenant}/settings/jobs/{id}", Member(P::ReadJobs), jobs::show)
}
