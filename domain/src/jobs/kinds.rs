//! What kinds of background work are called on pages.

/// What people read for the kind `name`; none for one that is not known here.
pub fn words(name: &str) -> Option<&'static str> {
    Some(match name {
        "alert_stock" => "Send low stock alerts",
        "apply_import" => "Run an import",
        "archive_partitions" => "Archive partitions",
        "deliver_webhook" => "Deliver a webhook message",
        "dispatch_all_webhooks" => "Dispatch webhook messages of all tenants",
        "dispatch_webhooks" => "Dispatch webhook messages",
        "do_nothing" => "Do nothing",
        "erase_tenants" => "Delete tenants that left",
        "expire_imports" => "Expire imports",
        "make_backup" => "Make a backup",
        "make_due_backups" => "Start backups that are due",
        "make_partitions" => "Create partitions ahead",
        "measure_all_customers" => "Recalculate customers of all tenants",
        "measure_customers" => "Recalculate customers",
        "notify_orders" => "Send order notifications",
        "prune_feed" => "Delete old events",
        "prune_idempotency" => "Delete old idempotency keys",
        "prune_imports" => "Delete old imports",
        "prune_job_runs" => "Delete old job history",
        "prune_mail" => "Delete old email",
        "prune_sessions" => "Delete expired sessions",
        "prune_webhooks" => "Delete old webhook messages",
        "restore_partition" => "Restore a partition",
        "retry_import" => "Continue an import",
        "send_mail" => "Send email",
        "send_summaries" => "Send daily summaries",
        "verify_audit" => "Verify the audit",
        "verify_rollups" => "Verify the figures",
        "warm_cache" => "Warm the cache",
        _ => return None,
    })
}
