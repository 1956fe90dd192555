//! Which backups retention may take. A backup that was never read back proves nothing, so a good one goes only when a
//! newer good one is there; and a clock that lies takes nothing at all.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Kind, Status};
use crate::ids::{BackupId, TenantId};

/// Clocks of several machines differ by so much without anybody having set one back.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// A backup as retention sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which one.
    pub id: BackupId,
    /// Of whom; the nil id for the installation.
    pub tenant: TenantId,
    /// What it holds.
    pub kind: Kind,
    /// What became of it.
    pub status: Status,
    /// When it was begun.
    pub started_at: DateTime<Utc>,
    /// How long it is kept.
    pub days: u32,
    /// Whether its tenant is gone: then it is the last of it, and goes when its days are over.
    pub is_orphan: bool,
}

/// Something happened later than now: the clock was set back, and no age can be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the server clock says {now}, but there is a backup of {newest}, so no backups were pruned; correct the server \
     clock"
)]
pub struct ClockWentBack {
    /// What the clock says.
    pub now: DateTime<Utc>,
    /// The newest backup.
    pub newest: DateTime<Utc>,
}

/// Which of `held` may go at `now`: those older than their days, but of each tenant and kind never the newest verified
/// one, nor, while none is verified, the newest that is stored at all, unless the tenant is gone. Running ones are left
/// alone.
///
/// # Errors
/// When the clock was set back: then none may go.
pub fn expired(now: DateTime<Utc>, held: &[Held]) -> Result<Vec<BackupId>, ClockWentBack> {
    if let Some(newest) = held.iter().map(|h| h.started_at).max().filter(|newest| *newest > now + TOLERANCE) {
        return Err(ClockWentBack { now, newest });
    }
    let last = last_resorts(held);
    let may_go = |h: &&Held| {
        h.status.is_kept()
            && now - h.started_at > TimeDelta::days(i64::from(h.days))
            && (h.is_orphan || last.get(&(h.tenant, h.kind)).is_some_and(|kept| kept.id != h.id))
    };
    Ok(held.iter().filter(may_go).map(|h| h.id).collect())
}

// What must stay of each tenant and kind, whatever its age.
fn last_resorts(held: &[Held]) -> HashMap<(TenantId, Kind), &Held> {
    let worth = |h: &Held| (h.status == Status::Verified, h.started_at, h.id);
    let mut last: HashMap<(TenantId, Kind), &Held> = HashMap::new();
    for h in held.iter().filter(|h| h.status.is_kept()) {
        let kept = last.entry((h.tenant, h.kind)).or_insert(h);
        if worth(h) > worth(kept) {
            *kept = h;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::days(day)
    }

    fn held(n: u128, day: i64, status: Status) -> Held {
        let id = Uuid::from_u128(n);
        Held {
            id: id.into(),
            tenant: Uuid::nil().into(),
            kind: Kind::Full,
            status,
            started_at: at(day),
            days: 30,
            is_orphan: false,
        }
    }

    #[test]
    fn forty_five_days_keep_exactly_the_last_thirty() {
        let mut kept: Vec<Held> = Vec::new();
        for day in 0..45 {
            kept.push(held(day as u128, day, Status::Verified));
            let gone = expired(at(day), &kept).unwrap();
            kept.retain(|h| !gone.contains(&h.id));
        }
        let days: Vec<u128> = kept.iter().map(|h| h.id.0.as_u128()).collect();
        assert_eq!(days, (14..45).collect::<Vec<_>>(), "today's, and one of each of the 30 days before");
    }

    #[test]
    fn the_last_good_one_outlives_any_number_of_bad_ones() {
        let mut kept = vec![held(0, 0, Status::Verified)];
        for day in 1..400 {
            let status = [Status::Failed, Status::Stored, Status::Running][day as usize % 3];
            kept.push(held(day as u128, day, status));
            let gone = expired(at(day), &kept).unwrap();
            assert!(!gone.contains(&kept[0].id), "day {day}");
        }
    }

    #[test]
    fn what_a_tenant_that_is_gone_left_goes_when_its_days_are_over() {
        let orphan = Held { is_orphan: true, ..held(0, 0, Status::Verified) };
        assert!(expired(at(30), std::slice::from_ref(&orphan)).unwrap().is_empty());
        assert_eq!(expired(at(31), std::slice::from_ref(&orphan)).unwrap(), [orphan.id]);
        assert!(expired(at(31), &[held(0, 0, Status::Verified)]).unwrap().is_empty());
    }

    #[test]
    fn a_clock_set_back_takes_nothing() {
        let kept: Vec<Held> = (0..60).map(|day| held(day as u128, day, Status::Verified)).collect();
        let error = expired(at(58), &kept).unwrap_err();
        assert!(error.to_string().contains("server clock"), "{error}");
        assert!(!expired(at(59), &kept).unwrap().is_empty());
    }

    #[test]
    fn a_clock_set_forward_leaves_the_newest() {
        let kept: Vec<Held> = (0..10).map(|day| held(day as u128, day, Status::Verified)).collect();
        let gone = expired(at(100_000), &kept).unwrap();
        assert_eq!(gone.len(), 9);
        assert!(!gone.contains(&kept[9].id));
    }

    proptest! {
        #[test]
        fn retention_never_takes_the_newest_verified_one_of_a_kind_and_tenant(
            rows in prop::collection::vec((0_i64..90, 0_usize..5, 0_usize..3, 0_u128..3, 1_u32..40), 1..80), now in 0_i64..120
        ) {
            let all: Vec<Held> = rows.iter().enumerate().map(|(n, (day, status, kind, tenant, days))| Held {
                id: Uuid::from_u128(n as u128).into(), tenant: Uuid::from_u128(*tenant).into(), kind: Kind::ALL[*kind],
                status: Status::ALL[*status], started_at: at(*day), days: *days, is_orphan: false,
            }).collect();
            let Ok(gone) = expired(at(now), &all) else {
                prop_assert!(all.iter().any(|h| h.started_at > at(now)));
                return Ok(());
            };
            for h in all.iter().filter(|h| gone.contains(&h.id)) {
                prop_assert!(at(now) - h.started_at > TimeDelta::days(i64::from(h.days)));
                let stays = |o: &&Held| o.tenant == h.tenant && o.kind == h.kind && !gone.contains(&o.id);
                let good = all.iter().filter(stays).filter(|o| o.status == Status::Verified);
                if h.status == Status::Verified {
                    prop_assert!(good.clone().any(|o| o.started_at >= h.started_at), "{h:?} went, nothing newer stayed");
                }
            }
        }
    }
}
