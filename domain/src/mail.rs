//! How often and how soon a message is tried again that could not be sent for now.

use chrono::TimeDelta;

/// Minutes to wait after the first, second, ... failed attempt. All together two days and a quarter: a mail server
/// that was away over a weekend day is met again, and after that nobody needs the message any more.
const MINUTES: [i64; 10] = [1, 5, 15, 60, 120, 240, 480, 720, 720, 960];

/// How long to wait after `attempts` failed ones; `None` when it was the last.
pub fn wait_after(attempts: i16) -> Option<TimeDelta> {
    let index = usize::try_from(attempts).ok()?.checked_sub(1)?;
    MINUTES.get(index).copied().map(TimeDelta::minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_after_two_days() {
        let waits: Vec<TimeDelta> = (1..).map_while(wait_after).collect();
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!(waits.iter().sum::<TimeDelta>().num_hours(), 55);
        assert_eq!((wait_after(0), wait_after(-1), wait_after(11)), (None, None, None));
    }
}
