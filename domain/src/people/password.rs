//! When a password is good enough. How strong one is, others measure; here is what follows from it.

/// Characters of a password that is not strong by itself.
pub const SHORTEST: usize = 12;
/// Bytes of the longest: hashing a book would be a way to keep the server busy.
pub const LONGEST: usize = 1_000;
/// No password is shorter, however strong.
const SHORTEST_STRONG: usize = 8;
/// The least strength, of 4: what ten thousand guesses a second find only after days.
pub const STRONG_ENOUGH: u8 = 2;
/// The strength that makes up for length.
const STRONG: u8 = 4;

/// What was found out about a password.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Strength {
    /// From 0 (found at once) to 4.
    pub score: u8,
    /// Whether it stands on the lists of leaked passwords.
    pub is_leaked: bool,
}

/// Whether `password` of that strength will do.
///
/// # Errors
/// Words that follow the name of a field.
pub fn check_password(password: &str, strength: Strength) -> Result<(), &'static str> {
    let length = password.chars().count();
    if password.len() > LONGEST {
        return Err("Use at most 1,000 bytes.");
    }
    if strength.is_leaked {
        return Err("This password is on a breached-password list. Choose another.");
    }
    if length < SHORTEST && (strength.score < STRONG || length < SHORTEST_STRONG) {
        return Err("Use at least 12 characters. A few unrelated words work well.");
    }
    if strength.score < STRONG_ENOUGH {
        return Err("This password is easy to guess. Add unrelated words.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_or_strength_and_never_a_leaked_one() {
        let of = |score, is_leaked| Strength { score, is_leaked };
        assert_eq!(check_password("a long enough one", of(3, false)), Ok(()));
        assert_eq!(check_password("x7#Kq2!v", of(4, false)), Ok(()));
        assert!(check_password("x7#Kq2!", of(4, false)).unwrap_err().contains("12 characters"));
        assert!(check_password("x7#Kq2!vabc", of(3, false)).unwrap_err().contains("12 characters"));
        assert!(check_password("aaaaaaaaaaaaaaaa", of(1, false)).unwrap_err().contains("easy to guess"));
        assert!(check_password("a long enough one", of(3, true)).unwrap_err().contains("breached"));
        assert!(check_password(&"word ".repeat(300), of(4, false)).unwrap_err().contains("1,000"));
    }
}
