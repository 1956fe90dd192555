//! Every table as a SeaORM entity, private to `db`: callers get rows that live with their noun.
//!
//! Entities come in two kinds. A [`TenantEntity`] has rows of many tenants and is reached through [`crate::scope::Tx`],
//! which adds the tenant to every select, update and delete, and to every row that is inserted. A [`SharedEntity`] belongs
//! to no tenant: accounts, tiers, workers. The functions of SeaORM that start a query of an entity without saying which
//! of the two it is are refused by a lint (`clippy.toml`) outside of `query.rs`.
//!
//! `catalogue.rs` compares all of them with the database and finds a table without an entity.
#![expect(
    dead_code,
    clippy::disallowed_methods,
    reason = "the macros of entities write all that a table may need, used or not"
)]

pub mod account_link;
pub mod api_key;
pub mod audit_anchor;
pub mod audit_entry;
pub mod audit_head;
pub mod audit_seal;
pub mod backup;
#[cfg(all(test, feature = "testing"))]
mod catalogue;
pub mod ceremony;
pub mod customer;
pub mod customer_email;
pub mod customer_metric;
pub mod customer_money;
pub mod deletion_request;
pub mod deletion_rule;
pub mod enums;
pub mod extras;
pub mod feed_event;
pub mod feed_head;
pub mod fulfilment;
pub mod idempotency_key;
pub mod identity_provider;
pub mod impersonation;
pub mod import_problem;
pub mod import_run;
pub mod invitation;
pub mod job;
pub mod job_lock;
pub mod job_minute;
pub mod job_note;
pub mod job_queue;
pub mod job_run;
pub mod job_schedule;
pub mod job_worker;
pub mod known_device;
pub mod linked_identity;
pub mod mail_outbox;
pub mod membership;
pub mod mended;
pub mod order;
pub mod order_event;
pub mod order_item;
pub mod order_ref;
pub mod partition_archive;
pub mod partition_mark;
pub mod partition_upkeep;
pub mod passkey;
pub mod payment;
pub mod platform_generation;
pub mod product;
pub mod query;
pub mod recovery_code;
pub mod refund;
pub mod role;
pub mod rollup_day;
pub mod rollup_hour;
pub mod rollup_product;
pub mod rollup_product_week;
pub mod second_factor;
pub mod session;
pub mod setting;
pub mod stock_level;
pub mod store;
pub mod summary_schedule;
pub mod tenant;
pub mod text;
pub mod tier;
pub mod usage_month;
pub mod usage_total;
pub mod user;
pub mod variant;
pub mod webhook;
pub mod webhook_attempt;
pub mod webhook_delivery;

use sea_orm::EntityTrait;

pub(crate) use query::{AllTenantsQueries, SharedQueries, TenantQueries};

/// An entity whose rows belong to tenants.
pub trait TenantEntity: EntityTrait {
    /// The column that names the tenant.
    const TENANT: Self::Column;
}

/// An entity whose rows belong to no tenant.
pub trait SharedEntity: EntityTrait {}

macro_rules! tenant_entities {
    ($($module:ident,)*) => {
        $(impl TenantEntity for $module::Entity {
            const TENANT: Self::Column = $module::Column::TenantId;
        })*

        /// The tables with rows of many tenants.
        #[cfg(feature = "testing")]
        pub fn tenant_tables() -> Vec<&'static str> {
            vec![$(sea_orm::EntityName::table_name(&$module::Entity)),*]
        }

        #[cfg(all(test, feature = "testing"))]
        fn tenant_shapes() -> Vec<catalogue::Shape> {
            vec![$(catalogue::Shape::of::<$module::Entity>()),*]
        }
    };
}

macro_rules! shared_entities {
    ($($module:ident,)*) => {
        $(impl SharedEntity for $module::Entity {})*

        #[cfg(all(test, feature = "testing"))]
        fn shared_shapes() -> Vec<catalogue::Shape> {
            vec![$(catalogue::Shape::of::<$module::Entity>()),*]
        }
    };
}

tenant_entities! {
    api_key,
    audit_entry,
    audit_head,
    backup,
    customer_email,
    customer_metric,
    customer_money,
    customer,
    feed_event,
    feed_head,
    fulfilment,
    idempotency_key,
    identity_provider,
    impersonation,
    import_problem,
    import_run,
    invitation,
    job_note,
    job_run,
    job,
    linked_identity,
    mail_outbox,
    membership,
    order_item,
    order_ref,
    payment,
    order_event,
    order,
    product,
    refund,
    role,
    rollup_day,
    rollup_hour,
    rollup_product_week,
    rollup_product,
    setting,
    stock_level,
    store,
    summary_schedule,
    usage_month,
    usage_total,
    variant,
    webhook_attempt,
    webhook_delivery,
    webhook,
}

shared_entities! {
    account_link,
    audit_anchor,
    audit_seal,
    ceremony,
    deletion_request,
    deletion_rule,
    job_lock,
    job_minute,
    job_queue,
    job_schedule,
    job_worker,
    known_device,
    mended,
    partition_archive,
    partition_mark,
    partition_upkeep,
    passkey,
    platform_generation,
    recovery_code,
    second_factor,
    session,
    tenant,
    tier,
    user,
}
