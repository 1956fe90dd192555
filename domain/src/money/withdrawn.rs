//! Currencies that are money no more: the month in which each was withdrawn. Old orders are in the money of their time.
//!
//! Source: ISO 4217, list three (historic denominations), from 1990 on. Where both currencies circulated for longer than that
//! list says (LTL, ANG, SLL, ZWN), the end of that time is given. Funds and units of account are left out. Decimals of those
//! without any are in `currency`; they follow the currency tables of OpenJDK and CLDR.

use chrono::{Days, NaiveDate};

/// Code, year and month of the end.
const WITHDRAWN: [(&str, i32, u32); 83] = [
    ("ADP", 2003, 7),
    ("AFA", 2003, 1),
    ("ANG", 2025, 6),
    ("AOK", 1991, 3),
    ("AON", 2000, 2),
    ("AOR", 2000, 2),
    ("ARA", 1992, 1),
    ("ATS", 2002, 3),
    ("AZM", 2005, 12),
    ("BAD", 1997, 7),
    ("BEF", 2002, 3),
    ("BGL", 2003, 11),
    ("BGN", 2026, 1),
    ("BRE", 1993, 3),
    ("BRN", 1990, 3),
    ("BRR", 1994, 7),
    ("BUK", 1990, 2),
    ("BYB", 2001, 1),
    ("BYR", 2017, 1),
    ("CSD", 2006, 10),
    ("CSK", 1993, 3),
    ("CUC", 2021, 6),
    ("CYP", 2008, 1),
    ("DDM", 1990, 9),
    ("DEM", 2002, 3),
    ("ECS", 2000, 9),
    ("EEK", 2011, 1),
    ("ESP", 2002, 3),
    ("FIM", 2002, 3),
    ("FRF", 2002, 3),
    ("GEK", 1995, 10),
    ("GHC", 2008, 1),
    ("GHP", 2007, 6),
    ("GRD", 2002, 3),
    ("GWP", 1997, 5),
    ("HRD", 1995, 1),
    ("HRK", 2023, 1),
    ("IEP", 2002, 3),
    ("ITL", 2002, 3),
    ("LTL", 2015, 1),
    ("LTT", 1993, 7),
    ("LUF", 2002, 3),
    ("LVL", 2014, 1),
    ("LVR", 1994, 12),
    ("MGF", 2004, 12),
    ("MRO", 2017, 12),
    ("MTL", 2008, 1),
    ("MXP", 1993, 1),
    ("MZM", 2006, 6),
    ("NIC", 1990, 10),
    ("NLG", 2002, 3),
    ("PEI", 1991, 7),
    ("PLZ", 1997, 1),
    ("PTE", 2002, 3),
    ("ROL", 2005, 6),
    ("RUR", 2004, 1),
    ("SDD", 2007, 7),
    ("SDP", 1998, 6),
    ("SIT", 2007, 1),
    ("SKK", 2009, 1),
    ("SLL", 2024, 3),
    ("SRG", 2003, 12),
    ("STD", 2017, 12),
    ("SUR", 1990, 12),
    ("TJR", 2001, 4),
    ("TMM", 2009, 1),
    ("TPE", 2002, 11),
    ("TRL", 2005, 12),
    ("UAK", 1996, 9),
    ("UYP", 1993, 3),
    ("VEB", 2008, 1),
    ("VEF", 2018, 8),
    ("YUD", 1990, 1),
    ("YUM", 2003, 7),
    ("YUN", 1995, 11),
    ("ZAL", 1995, 3),
    ("ZMK", 2012, 12),
    ("ZRN", 1999, 6),
    ("ZRZ", 1994, 2),
    ("ZWD", 2008, 8),
    ("ZWL", 2024, 9),
    ("ZWN", 2008, 8),
    ("ZWR", 2009, 6),
];

/// The last day on which something could be paid in a currency that was withdrawn.
pub fn last_day(code: &str) -> Option<NaiveDate> {
    let found = WITHDRAWN.binary_search_by(|(known, ..)| (*known).cmp(code)).ok()?;
    let (_, year, month) = WITHDRAWN[found];
    let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    NaiveDate::from_ymd_opt(next.0, next.1, 1)?.checked_sub_days(Days::new(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_entry_has_a_last_day() {
        assert!(WITHDRAWN.is_sorted_by(|a, b| a.0 < b.0));
        assert!(WITHDRAWN.iter().all(|(code, ..)| code.len() == 3 && last_day(code).is_some()));
        assert_eq!(last_day("AZM"), "2005-12-31".parse().ok());
        assert_eq!((last_day("GBP"), last_day("")), (None, None));
    }
}
