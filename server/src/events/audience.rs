//! Whose stream it is. Pages of one browser share a stream only where they would hear the same: the same person, tenant and
//! stores, and the same impersonation, if any. Each page names its audience, and the server keeps to it.

use axum::extract::Query;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use sha2::{Digest, Sha256};

use crate::auth::Member;

const BYTES: usize = 12;

/// The audience of the pages of `member`, as a word that says nothing else.
pub(crate) fn audience(member: &Member) -> String {
    let impersonation = member.impersonator.as_ref().map(|i| i.impersonation.id);
    let membership = &member.membership;
    let (tenant, stores) = (&membership.tenant, &membership.stores);
    let all = format!("{tenant:?} {:?} {stores:?} {impersonation:?} {:?}", member.person.id, member.only);
    URL_SAFE_NO_PAD.encode(&Sha256::digest(all)[..BYTES])
}

/// Whether the stream that is asked for is that of `member`; one that names no audience is anybody's own.
pub(super) fn is_meant(parts: &Parts, member: &Member) -> bool {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map(|Query(pairs)| pairs).unwrap_or_default();
    let named = pairs.iter().find(|(name, _)| name == "for");
    named.is_none_or(|(_, named)| *named == audience(member))
}
