//! What can be done, as it stands in the record and as people read it. An action that is not here cannot be recorded while the
//! program is tested, so none is ever shown as the name that the program has for it.

macro_rules! actions {
    ($($variant:ident = $name:literal, $words:literal;)+) => {
        /// Something that is recorded when it is done.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Action {
            $(#[doc = $words] $variant,)+
        }

        impl Action {
            /// All of them, by name.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// As it stands in the record, in addresses and in exports.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// As people read it.
            pub const fn words(self) -> &'static str {
                match self {
                    $(Self::$variant => $words,)+
                }
            }
        }
    };
}

actions! {
    AccessRefuse = "access.refuse", "Access denied";
    AccountCreate = "account.create", "Account created";
    AccountRename = "account.rename", "Name changed";
    ApiKeyCreate = "api_key.create", "API key created";
    ApiKeyForget = "api_key.forget", "Expired API keys deleted";
    ApiKeyRevoke = "api_key.revoke", "API key revoked";
    ApiKeyRotate = "api_key.rotate", "API key rotated";
    AuditExport = "audit.export", "Audit exported";
    BackupAsk = "backup.ask", "Backup requested";
    BackupDownload = "backup.download", "Backup downloaded";
    BackupHour = "backup.hour", "Backup time changed";
    EmailAsk = "email.ask", "Email change requested";
    EmailChange = "email.change", "Email changed";
    EmailVouch = "email.vouch", "Email address confirmed by a platform admin";
    // Single sign-on and write access bear the names that they had first: entries are hash-chained, and filters are in
    // bookmarks.
    SsoLink = "identity.link", "Single sign-on linked";
    SsoRemove = "identity.remove", "Single sign-on removed";
    SsoSave = "identity.save", "Single sign-on configured";
    ImpersonationBegin = "impersonation.begin", "Impersonation started";
    ImpersonationEnd = "impersonation.end", "Impersonation ended";
    ImpersonationWriteAccess = "impersonation.raise", "Changes enabled during impersonation";
    ImportCreate = "import.create", "Import created";
    ImportExpire = "import.expire", "Import expired";
    ImportFail = "import.fail", "Import failed";
    ImportFinish = "import.finish", "Import finished";
    ImportPrune = "import.prune", "Old import deleted";
    ImportStart = "import.start", "Import started";
    ImportTake = "import.take", "Import taken over";
    InvitationAccept = "invitation.accept", "Invitation accepted";
    InvitationCreate = "invitation.create", "Member invited";
    InvitationResend = "invitation.resend", "Invitation resent";
    InvitationWithdraw = "invitation.withdraw", "Invitation withdrawn";
    JobsBreakLock = "jobs.break_lock", "Lock broken";
    JobsCancel = "jobs.cancel", "Jobs cancelled";
    JobsDelete = "jobs.delete", "Jobs deleted";
    JobsDisable = "jobs.disable", "Schedule entry disabled";
    JobsEnable = "jobs.enable", "Schedule entry enabled";
    JobsPause = "jobs.pause", "Queue paused";
    JobsResume = "jobs.resume", "Queue resumed";
    JobsRetry = "jobs.retry", "Jobs retried";
    JobsRunNow = "jobs.run_now", "Scheduled job run now";
    MemberChange = "member.change", "Member changed";
    MemberRemove = "member.remove", "Member removed";
    MemberRole = "member.role", "Role assigned";
    MemberVouch = "member.vouch", "Email address confirmed by an admin";
    OrderCancel = "order.cancel", "Order cancelled";
    OrderClose = "order.close", "Order closed";
    OrderEdit = "order.edit", "Order edited";
    OrderFulfil = "order.fulfil", "Order fulfilled";
    OrderHold = "order.hold", "Order put on hold";
    OrderNote = "order.note", "Note added to an order";
    OrderPay = "order.pay", "Payment recorded";
    OrderPlace = "order.place", "Orders received";
    OrderRefund = "order.refund", "Order refunded";
    OrderRelease = "order.release", "Order released from hold";
    OrderReopen = "order.reopen", "Order reopened";
    OwnerTransfer = "owner.transfer", "Ownership transferred";
    PartitionsMaintain = "partitions.maintain", "Partition maintenance run";
    PartitionsRestore = "partitions.restore", "Partition restore requested";
    PasskeyAdd = "passkey.add", "Passkey added";
    PasskeyRemove = "passkey.remove", "Passkey removed";
    PasskeyUse = "passkey.use", "Passkey used";
    PasswordAsk = "password.ask", "Password reset requested";
    PasswordChange = "password.change", "Password changed";
    PasswordReset = "password.reset", "Password reset";
    PersonCreate = "person.create", "Account created by command";
    RoleCreate = "role.create", "Role created";
    RoleDelete = "role.delete", "Role deleted";
    RoleUpdate = "role.update", "Role changed";
    RollupsRebuild = "rollups.rebuild", "Figures rebuilt";
    RollupsRepair = "rollups.repair", "Figures repaired";
    SecondFactorCodes = "second_factor.codes", "Recovery codes renewed";
    SecondFactorOff = "second_factor.off", "Two-factor authentication turned off";
    SecondFactorOn = "second_factor.on", "Two-factor authentication turned on";
    SessionBegin = "session.begin", "Signed in";
    SessionConfirm = "session.confirm", "Identity confirmed";
    SessionEnd = "session.end", "Signed out";
    SessionEndAll = "session.end_all", "Signed out everywhere";
    SessionEndOne = "session.end_one", "Session ended";
    SessionLimit = "session.limit", "Sign-in blocked after too many attempts";
    SessionRefuse = "session.refuse", "Sign-in failed";
    StockSet = "stock.set", "Stock level set";
    StoreCreate = "store.create", "Store created";
    StoreSet = "store.set", "Store settings changed";
    TeamSecondFactor = "team.second_factor", "Two-factor authentication requirement changed";
    TenantCreate = "tenant.create", "Tenant created";
    TenantDelete = "tenant.delete", "Tenant deletion scheduled";
    TenantErase = "tenant.erase", "Tenant deleted";
    TenantKeep = "tenant.keep", "Tenant deletion cancelled";
    TenantRename = "tenant.rename", "Tenant renamed";
    TenantRestored = "tenant.restored", "Data restored from a backup";
    TenantResume = "tenant.resume", "Tenant resumed";
    TenantSet = "tenant.set", "Settings changed";
    TenantSuspend = "tenant.suspend", "Tenant suspended";
    TenantTier = "tenant.tier", "Tier settings changed";
    TierChange = "tier.change", "Tier changed";
    TierCreate = "tier.create", "Tier created";
    TierOffer = "tier.offer", "Tier offered again";
    TierRetire = "tier.retire", "Tier retired";
    WebhookChange = "webhook.change", "Webhook changed";
    WebhookCreate = "webhook.create", "Webhook created";
    WebhookDelete = "webhook.delete", "Webhook deleted";
    WebhookOff = "webhook.off", "Webhook disabled after failures";
    WebhookPause = "webhook.pause", "Webhook paused";
    WebhookResend = "webhook.resend", "Webhook message resent";
    WebhookResume = "webhook.resume", "Webhook resumed";
    WebhookRotate = "webhook.rotate", "Webhook secret rotated";
    WebhookTest = "webhook.test", "Webhook test sent";
}

impl Action {
    /// The action called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|action| action.as_str() == name).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_stand_in_the_order_of_their_names_and_are_told_apart_by_their_words() {
        let mut names: Vec<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
        assert!(names.is_sorted(), "{names:?}");
        names.dedup();
        let words: std::collections::BTreeSet<&str> = Action::ALL.iter().map(|action| action.words()).collect();
        assert_eq!((names.len(), words.len()), (Action::ALL.len(), Action::ALL.len()));
        assert!(words.iter().all(|words| !words.contains(['.', '_'])));
        assert_eq!((Action::named("order.refund"), Action::named("order")), (Some(Action::OrderRefund), None));
    }
}
