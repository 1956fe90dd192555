//! How strong a password is, measured without asking anybody: `zxcvbn` knows the common words and names of several
//! languages, keyboard walks, dates, and the passwords that stand highest on the lists of leaked ones.

use domain::people::{LONGEST_PASSWORD, Strength};
use zxcvbn::feedback::Warning;
use zxcvbn::{Score, zxcvbn};

/// Fewer letters and digits beside somebody's own names are nothing to guess.
const LEFT_OF_IT: usize = 5;

/// What `password` is worth to somebody called by `names`, their address for example.
pub fn measure(password: &str, names: &[&str]) -> Strength {
    if password.len() > LONGEST_PASSWORD {
        return Strength::default();
    }
    let parts: Vec<&str> = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric())).collect();
    let known: Vec<&str> = names.iter().copied().chain(parts).filter(|part| part.len() > 2).collect();
    if own_names_alone(password, &known) {
        return Strength::default();
    }
    let entropy = zxcvbn(password, &known);
    let warning = entropy.feedback().and_then(|f| f.warning());
    let is_leaked = matches!(
        warning,
        Some(Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword)
    );
    let score = match entropy.score() {
        Score::Zero => 0,
        Score::One => 1,
        Score::Two => 2,
        Score::Three => 3,
        _ => 4,
    };
    Strength { score, is_leaked }
}

// Names are looked for by whoever knows whose password it is, in whatever order.
fn own_names_alone(password: &str, names: &[&str]) -> bool {
    let mut rest = password.to_lowercase();
    for name in names {
        rest = rest.replace(&name.to_lowercase(), " ");
    }
    rest.len() < password.len() && rest.chars().filter(|c| c.is_alphanumeric()).count() < LEFT_OF_IT
}

#[cfg(test)]
mod tests {
    use domain::people::check_password;

    use super::*;

    #[test]
    fn leaked_guessable_and_own_names_are_told_from_good_ones() {
        let strength = |password: &str| measure(password, &["maria.schneider@example.com"]);
        for leaked in ["password", "123456789", "qwertyuiop", "letmein"] {
            assert!(strength(leaked).is_leaked, "{leaked}");
        }
        for weak in ["aaaaaaaaaaaaaaaa", "mariaschneider", "schneider.maria", "12345678901234"] {
            assert!(check_password(weak, strength(weak)).is_err(), "{weak}: {:?}", strength(weak));
        }
        for good in [
            "stoa-demo-password",
            "a password of some length",
            "correct horse battery",
            "x7#Kq2!vLm9wZ",
            "a long enough password",
        ] {
            assert_eq!(check_password(good, strength(good)), Ok(()), "{good}: {:?}", strength(good));
        }
        assert_eq!(strength(&"x".repeat(100_000)), Strength::default(), "nobody waits for a book to be measured");
    }
}
