//! Places in lists as they leave the server. The text of a [`Place`] is bound to the tenant, to who asked and to the list that
//! it belongs to, and opens for seven days: whoever changes it, or brings somebody else's, has nothing.
//!
//! It is authenticated and not hidden: a time and an id that whoever has it was shown anyway.

use std::fmt;
use std::ops::Deref;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Cursor, Page};
use crate::ids::TenantId;

type Tagged = Hmac<Sha256>;

const LASTS: i64 = 7 * 24 * 3_600;
// The end is rounded up to it, so that links of one list read the same for that long.
const STEP: i64 = 3_600;
const TAG: usize = 16;
const BYTES: usize = Cursor::BYTES + 4 + TAG;
const TEXT: usize = BYTES / 3 * 4;

/// What is told of a text that is no place of the list, whatever is wrong with it.
pub const NO_PLACE: &str = "This cursor is invalid or has expired. Start at the first page.";

/// A list that is read page by page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum List {
    /// Orders.
    Orders,
    /// Imports.
    Imports,
    /// Backups.
    Backups,
    /// Jobs and their attempts.
    Jobs,
    /// The record of who did what.
    Audit,
    /// What a webhook was told.
    Deliveries,
}

/// Makes seals, with a key that is derived from the server's secret.
#[derive(Clone)]
pub struct Cursors(Tagged);

/// Seals and opens the places of one list for one actor of one tenant, as of one moment.
#[derive(Clone)]
pub struct Seal {
    bound: Tagged,
    now: DateTime<Utc>,
}

/// A place in a list, and the text of it that leaves the server. Made by a [`Seal`] alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Place {
    cursor: Cursor,
    text: [u8; TEXT],
}

impl Cursors {
    /// With a key of its own, derived from `secret`.
    pub fn new(secret: &[u8]) -> Self {
        let first = keyed(Sha256::digest(secret).into());
        let derived = first.chain_update(b"stoa: places in lists").finalize();
        Self(keyed(derived.into_bytes().into()))
    }

    /// For `list` as `actor` reads it in `tenant` (nil: all of the installation), at `now`.
    pub fn of(&self, tenant: TenantId, actor: Uuid, list: List, now: DateTime<Utc>) -> Seal {
        let bound = self.0.clone().chain_update(tenant.0.as_bytes()).chain_update(actor.as_bytes());
        Seal { bound: bound.chain_update([list.code()]), now }
    }
}

impl List {
    const fn code(self) -> u8 {
        match self {
            Self::Orders => b'o',
            Self::Imports => b'i',
            Self::Backups => b'b',
            Self::Jobs => b'j',
            Self::Audit => b'a',
            Self::Deliveries => b'd',
        }
    }
}

impl Seal {
    /// `cursor` with its text.
    pub fn seal(&self, cursor: Cursor) -> Place {
        let ends = (self.now.timestamp() + LASTS) / STEP * STEP + STEP;
        let ends = u32::try_from(ends).unwrap_or(u32::MAX);
        let mut bytes = [0_u8; BYTES];
        let (content, tag) = bytes.split_at_mut(BYTES - TAG);
        let (place, time) = content.split_at_mut(Cursor::BYTES);
        place.copy_from_slice(&cursor.to_bytes());
        time.copy_from_slice(&ends.to_be_bytes());
        let whole = self.bound.clone().chain_update(content).finalize().into_bytes();
        tag.copy_from_slice(&whole[..TAG]);
        let mut text = [0_u8; TEXT];
        // Three bytes are four letters, without rest: it always fits.
        let _written = URL_SAFE_NO_PAD.encode_slice(bytes, &mut text);
        Place { cursor, text }
    }

    /// The place that `text` is for this list and this actor, while it opens.
    ///
    /// # Errors
    /// Words for a form: the same whatever is wrong.
    pub fn open(&self, text: &str) -> Result<Place, &'static str> {
        self.read(text).ok_or(NO_PLACE)
    }

    fn read(&self, text: &str) -> Option<Place> {
        let letters: [u8; TEXT] = text.as_bytes().try_into().ok()?;
        // As long as the decoder wants room for, which is more than it fills.
        let mut bytes = [0_u8; TEXT];
        let filled = URL_SAFE_NO_PAD.decode_slice(letters, &mut bytes).ok()?;
        let bytes: [u8; BYTES] = bytes.get(..filled)?.try_into().ok()?;
        let (content, tag) = bytes.split_at(BYTES - TAG);
        self.bound.clone().chain_update(content).verify_truncated_left(tag).ok()?;
        let (place, ends) = content.split_at(Cursor::BYTES);
        let ends = u32::from_be_bytes(ends.try_into().ok()?);
        if i64::from(ends) <= self.now.timestamp() {
            return None;
        }
        Some(Place { cursor: Cursor::from_bytes(place.try_into().ok()?)?, text: letters })
    }
}

impl Place {
    /// As it stands in an address.
    pub fn text(&self) -> &str {
        // Letters of base64 and nothing else.
        std::str::from_utf8(&self.text).unwrap_or_default()
    }
}

impl Deref for Place {
    type Target = Cursor;

    fn deref(&self) -> &Cursor {
        &self.cursor
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} as {}", self.cursor, self.text())
    }
}

impl<T> Page<T> {
    /// The same page with places that may leave the server.
    pub fn sealed(self, seal: &Seal) -> Page<T, Place> {
        let text = |cursor: Option<Cursor>| cursor.map(|cursor| seal.seal(cursor));
        Page { rows: self.rows, newer: text(self.newer), older: text(self.older) }
    }
}

fn keyed(key: [u8; 32]) -> Tagged {
    let mut block = [0_u8; 64];
    block[..32].copy_from_slice(&key);
    Tagged::new(&block.into())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::page::Direction;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn seal(tenant: u128, actor: u128, list: List) -> Seal {
        Cursors::new(b"one").of(TenantId(Uuid::from_u128(tenant)), Uuid::from_u128(actor), list, at(0))
    }

    fn cursor(micros: i64, id: u128, newer: bool) -> Cursor {
        let direction = if newer { Direction::Newer } else { Direction::Older };
        Cursor { direction, at: DateTime::from_timestamp_micros(micros).unwrap(), id: Uuid::from_u128(id) }
    }

    #[test]
    fn a_place_opens_for_seven_days() {
        let place = seal(1, 2, List::Orders).seal(cursor(7, 9, false));
        for (later, opens) in [(0, true), (LASTS - 1, true), (LASTS + STEP, false), (400 * LASTS, false)] {
            let then = Seal { now: at(0) + TimeDelta::seconds(later), ..seal(1, 2, List::Orders) };
            assert_eq!(then.open(place.text()), if opens { Ok(place) } else { Err(NO_PLACE) }, "{later}");
        }
        let within = Seal { now: at(0) + TimeDelta::seconds(10), ..seal(1, 2, List::Orders) };
        assert_eq!(within.seal(*place).text(), place.text(), "links read the same for an hour");
    }

    proptest! {
        #[test]
        fn cursors_open_only_for_the_person_tenant_and_list_they_were_made_for(
            micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000, id: u128, newer: bool,
            tenant: u128, actor: u128, other in 1_u128.., at in 0_usize..TEXT, letter in "[A-Za-z0-9_-]",
        ) {
            let mine = seal(tenant, actor, List::Orders);
            let place = mine.seal(cursor(micros, id, newer));
            prop_assert_eq!(mine.open(place.text()), Ok(place));
            prop_assert_eq!(*mine.open(place.text()).unwrap(), cursor(micros, id, newer));
            let others = [
                seal(tenant ^ other, actor, List::Orders),
                seal(tenant, actor ^ other, List::Orders),
                seal(actor, tenant, List::Orders),
                seal(tenant, actor, List::Audit),
                Cursors::new(b"two").of(TenantId(Uuid::from_u128(tenant)), Uuid::from_u128(actor), List::Orders, self::at(0)),
            ];
            for (n, theirs) in others.iter().enumerate() {
                prop_assert!(theirs.open(place.text()).is_err() || n == 2 && tenant == actor, "{}", n);
            }
            let mut changed = place.text().to_owned();
            changed.replace_range(at..=at, &letter);
            prop_assert_eq!(mine.open(&changed).is_ok(), changed == place.text());
            for cut in [&changed[..at], &format!("{changed}{letter}")] {
                prop_assert!(mine.open(cut).is_err());
            }
        }

        #[test]
        fn random_text_is_refused_as_a_cursor(text in prop_oneof![".{0,80}", "[A-Za-z0-9_-]{60}"]) {
            prop_assert_eq!(seal(1, 2, List::Jobs).open(&text), Err(NO_PLACE));
        }
    }
}
