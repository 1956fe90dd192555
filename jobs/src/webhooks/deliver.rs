//! One attempt at one delivery. While the message is out, no connection to the database is held. When the process dies
//! between the receiver's answer and the commit, the message is sent again under the same name: at least once.

use chrono::{DateTime, Utc};
use db::webhooks::{Begun, Ended, begin, finish};
use db::{DataError, Scope};
use domain::ids::{DeliveryId, Uuid};

use super::courier::Courier;
use super::letter::letters;
use crate::mail::Mailer;

/// What became of the attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Attempted {
    /// It needs no further one.
    Over(&'static str),
    /// Another one is due then.
    Again(DateTime<Utc>),
    /// There was none to be made, for this reason.
    Nothing(&'static str),
}

/// Sends the delivery `id`, if it is to be sent now.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn deliver(
    scope: &Scope,
    courier: &Courier,
    mailer: &Mailer,
    id: DeliveryId,
) -> Result<Attempted, DataError> {
    let call = match begin(scope, courier.sealer(), id).await? {
        Begun::Send(call) => call,
        Begun::Later(at) => return Ok(Attempted::Again(at)),
        Begun::Nothing(reason) => return Ok(Attempted::Nothing(reason)),
    };
    let reply = courier.send(&call, scope.now()).await;
    let chance = scope.clock().id::<Uuid>().as_u64_pair().1;
    Ok(match finish(scope, &call, &reply, chance, |off| letters(mailer, scope, off)).await? {
        Ended::Delivered => Attempted::Over("delivered"),
        Ended::Failed => Attempted::Over("failed"),
        Ended::Again(at) => Attempted::Again(at),
        // Somebody wants it sent anew, or nobody wants it any more: the next look tells.
        Ended::Superseded => Attempted::Again(scope.now()),
    })
}
