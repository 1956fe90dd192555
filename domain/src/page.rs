//! Keyset paging: how many rows, and after which one.

mod sealed;

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::choices::Hint;

pub use sealed::{Cursors, List, NO_PLACE, Place, Seal};

/// Rows per page: 1 to 200, 50 when not said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit(u16);

impl Limit {
    /// The largest page.
    pub const MAX: u16 = 200;

    /// A limit of `rows`.
    ///
    /// # Errors
    /// Words for a form when it is not 1 to 200.
    pub fn new(rows: u64) -> Result<Self, &'static str> {
        u16::try_from(rows).ok().filter(|r| (1..=Self::MAX).contains(r)).map(Self).ok_or("Use a number from 1 to 200.")
    }

    /// Rows to show.
    pub const fn rows(self) -> usize {
        self.0 as usize
    }

    /// One more than is shown: how a page knows that another follows.
    pub const fn plus_one(self) -> i64 {
        self.0 as i64 + 1
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

/// Which way a page lies from its cursor in a list that runs newest first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// Rows that come after the cursor.
    Older,
    /// Rows that come before it.
    Newer,
}

/// Which rows of a list sorted by time come first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase", parse_err_ty = Hint, parse_err_fn = sort_hint)]
pub enum Sort {
    /// The newest.
    #[default]
    Newest,
    /// The oldest.
    Oldest,
}

impl Sort {
    /// As it stands in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    // Which way the list goes on.
    const fn onwards(self) -> Direction {
        match self {
            Self::Newest => Direction::Older,
            Self::Oldest => Direction::Newer,
        }
    }

    /// Which way a page is read that begins at `from`, or where the list begins.
    pub fn reading(self, from: Option<&Cursor>) -> Direction {
        from.map_or(self.onwards(), |cursor| cursor.direction)
    }
}

/// A place in a list sorted by time: between the row that it names and the next. What leaves the server is a [`Place`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// Which way to read.
    pub direction: Direction,
    /// The row's time, microseconds kept.
    pub at: DateTime<Utc>,
    /// The row's id, which orders rows of the same instant.
    pub id: Uuid,
}

impl Cursor {
    const BYTES: usize = 25;

    fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[0] = match self.direction {
            Direction::Older => b'o',
            Direction::Newer => b'n',
        };
        bytes[1..9].copy_from_slice(&self.at.timestamp_micros().to_be_bytes());
        bytes[9..].copy_from_slice(self.id.as_bytes());
        bytes
    }

    fn from_bytes(bytes: [u8; Self::BYTES]) -> Option<Self> {
        let direction = match bytes[0] {
            b'o' => Direction::Older,
            b'n' => Direction::Newer,
            _ => return None,
        };
        let micros = i64::from_be_bytes(bytes[1..9].try_into().ok()?);
        let in_range = (-62_135_596_800_000_000..253_402_300_800_000_000).contains(&micros);
        let at = DateTime::from_timestamp_micros(micros).filter(|_| in_range)?;
        Some(Self { direction, at, id: Uuid::from_bytes(bytes[9..25].try_into().ok()?) })
    }
}

/// One page of a list sorted by time, and the cursors of its neighbours.
#[derive(Clone, Debug)]
pub struct Page<T, C = Cursor> {
    /// The rows in the order of the list, whichever way the page was reached.
    pub rows: Vec<T>,
    /// Where newer rows begin, if there are any.
    pub newer: Option<C>,
    /// Where older rows begin, if there are any.
    pub older: Option<C>,
}

impl<T> Page<T> {
    /// Cuts a page of a list that runs newest first out of `found`: up to `limit + 1` rows read from `from` in its direction.
    pub fn cut(found: Vec<T>, limit: Limit, from: Option<&Cursor>, key: impl Fn(&T) -> (DateTime<Utc>, Uuid)) -> Self {
        Self::cut_sorted(found, Sort::Newest, limit, from, key)
    }

    /// The same of a list that runs as `sort` says: `found` was read in the direction of [`Sort::reading`].
    pub fn cut_sorted(
        mut found: Vec<T>,
        sort: Sort,
        limit: Limit,
        from: Option<&Cursor>,
        key: impl Fn(&T) -> (DateTime<Utc>, Uuid),
    ) -> Self {
        let more = found.len() > limit.rows();
        found.truncate(limit.rows());
        let backwards = sort.reading(from) != sort.onwards();
        if backwards {
            found.reverse();
        }
        let cursor = |row: Option<&T>, direction| {
            row.map(|row| {
                let (at, id) = key(row);
                Cursor { direction, at, id }
            })
        };
        let goes_on = backwards || more;
        let has_before = if backwards { more } else { from.is_some() };
        let (first, last) = (found.first(), found.last());
        let (newer, older) = match sort {
            Sort::Newest => ((first, has_before), (last, goes_on)),
            Sort::Oldest => ((last, goes_on), (first, has_before)),
        };
        let newer = cursor(newer.0, Direction::Newer).filter(|_| newer.1);
        let older = cursor(older.0, Direction::Older).filter(|_| older.1);
        Self { rows: found, newer, older }
    }
}

fn sort_hint(_: &str) -> Hint {
    "Use newest or oldest."
}

/// One for tests that are about something else.
#[cfg(test)]
pub(crate) fn seal() -> Seal {
    Cursors::new(b"x").of(crate::ids::TenantId(Uuid::nil()), Uuid::nil(), List::Orders, DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    // What PostgreSQL answers: one row more than asked for, in the direction that is read.
    fn read(of: i64, sort: Sort, limit: Limit, from: Option<&Cursor>) -> Page<i64> {
        let key = |n: &i64| (DateTime::from_timestamp(*n, 0).unwrap(), Uuid::nil());
        let behind = |n: &i64| match from {
            None => true,
            Some(c) if c.direction == Direction::Older => key(n) < (c.at, c.id),
            Some(c) => key(n) > (c.at, c.id),
        };
        let mut found: Vec<i64> = (0..of).filter(behind).collect();
        if sort.reading(from) == Direction::Older {
            found.reverse();
        }
        found.truncate(limit.rows() + 1);
        Page::cut_sorted(found, sort, limit, from, key)
    }

    proptest::proptest! {
        #[test]
        fn pages_of_either_order_show_every_row_once_there_and_back(of in 0_i64..40, rows in 1_u64..9, oldest: bool) {
            let limit = Limit::new(rows).unwrap();
            let sort = if oldest { Sort::Oldest } else { Sort::Newest };
            let (mut pages, mut page) = (Vec::new(), read(of, sort, limit, None));
            loop {
                let onwards = if oldest { page.newer } else { page.older };
                pages.push(page.rows.clone());
                let Some(from) = onwards else { break };
                page = read(of, sort, limit, Some(&from));
            }
            let mut all: Vec<i64> = (0..of).collect();
            if !oldest {
                all.reverse();
            }
            proptest::prop_assert_eq!(pages.concat(), all);
            for expected in pages.iter().rev().skip(1) {
                let back = if oldest { page.older } else { page.newer };
                page = read(of, sort, limit, back.as_ref());
                proptest::prop_assert_eq!(&page.rows, expected);
            }
            let before = if oldest { page.older } else { page.newer };
            proptest::prop_assert_eq!(before, None);
        }
    }

    #[test]
    fn a_page_knows_its_neighbours() {
        let key = |n: &i64| (DateTime::from_timestamp(*n, 0).unwrap(), Uuid::nil());
        let limit = Limit::new(2).unwrap();
        let first = Page::cut(vec![9, 8, 7], limit, None, key);
        assert_eq!((first.rows, first.newer.is_some(), first.older.is_some()), (vec![9, 8], false, true));
        let from = Cursor { direction: Direction::Newer, at: DateTime::from_timestamp(5, 0).unwrap(), id: Uuid::nil() };
        let back = Page::cut(vec![6, 7], limit, Some(&from), key);
        assert_eq!((back.rows, back.newer.is_some(), back.older.is_some()), (vec![7, 6], false, true));
    }
}
