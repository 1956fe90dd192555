//! How a figure changed, in words: from zero it says "new", never a percentage.

/// A figure now beside the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which way it went.
    pub direction: Direction,
    /// `12.5 %`, `new`, `no change`.
    pub words: String,
}

/// Which way a figure went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More.
    Up,
    /// Less.
    Down,
    /// Neither, or not comparable.
    Level,
}

impl Change {
    /// The change from `before` to `now`; `None` stands for a figure that has no value, such as an average of nothing.
    pub fn new(now: Option<i64>, before: Option<i64>) -> Self {
        let level = |words: &str| Self { direction: Direction::Level, words: words.to_owned() };
        let (now, before) = match (now, before) {
            (None, _) => return level("no comparison"),
            (Some(0), None | Some(0)) => return level("no change"),
            (Some(now), None | Some(0)) => {
                return Self { direction: if now > 0 { Direction::Up } else { Direction::Down }, words: "new".into() };
            }
            (Some(now), Some(before)) => (i128::from(now), i128::from(before)),
        };
        if now == before {
            return level("no change");
        }
        let direction = if now > before { Direction::Up } else { Direction::Down };
        Self { direction, words: percent((now - before).abs(), before.abs()) }
    }
}

// Tenths below 10 %, whole percents above; a change is never told as 0 %, nor as a number nobody can picture.
fn percent(difference: i128, of: i128) -> String {
    let tenths = (difference * 2_000 + of) / (of * 2);
    match tenths {
        0 => "less than 0.1 %".into(),
        1..100 => format!("{}.{} %", tenths / 10, tenths % 10),
        100..10_000 => format!("{} %", (tenths + 5) / 10),
        _ => "more than tenfold".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(now: i64, before: i64) -> String {
        Change::new(Some(now), Some(before)).words
    }

    #[test]
    fn from_zero_it_is_new_and_never_a_percentage() {
        assert_eq!(words(500, 0), "new");
        assert_eq!(Change::new(Some(-500), None), Change { direction: Direction::Down, words: "new".into() });
        assert_eq!(words(0, 0), "no change");
        assert_eq!(Change::new(None, Some(3)).words, "no comparison");
    }

    #[test]
    fn percentages_are_as_exact_as_people_read_them() {
        assert_eq!([words(1_125, 1_000), words(1_049, 1_000), words(0, 1_000)], ["13 %", "4.9 %", "100 %"]);
        assert_eq!([words(1_000_001, 1_000_000), words(7, 7)], ["less than 0.1 %", "no change"]);
        assert_eq!([words(50_000, 100), words(-50, -100)], ["more than tenfold", "50 %"]);
        assert_eq!(Change::new(Some(-200), Some(-100)).direction, Direction::Down);
        assert_eq!(words(i64::MAX, i64::MIN), "200 %");
    }
}
