//! Text that nobody means well with, through everything of this crate that reads secrets: nothing panics or hangs, and
//! nothing that was not made here is taken for something that was.

use domain::ids::TenantId;
use proptest::prelude::*;
use uuid::Uuid;

use crate::people::second_factor;
use crate::people::strength::measure;
use crate::sealing::Sealer;
use crate::tenant_token;

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment how long to go on")]
fn often() -> ProptestConfig {
    ProptestConfig::with_cases(if std::env::var("STOA_TORTURE").is_ok() { 200_000 } else { 256 })
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,80}",
        "[A-Za-z0-9_-]{0,60}",
        "[A-Za-z0-9_-]{54}",
        "(stoa_)?[A-Za-z0-9_=-]{50,58}",
        Just("é".repeat(2_000))
    ]
}

proptest! {
    #![proptest_config(often())]

    #[test]
    fn secrets_of_keys_and_invitations_read_back_and_nothing_near_them(
        tenant: u128, text in hostile(), at in 0_usize..54, letter in "[A-Za-z0-9_-]",
    ) {
        let (made, hash) = tenant_token::make(TenantId(Uuid::from_u128(tenant))).unwrap();
        prop_assert_eq!(tenant_token::parse(&made), Some((TenantId(Uuid::from_u128(tenant)), hash.clone())));
        let mut near = made.clone();
        near.replace_range(at..=at, &letter);
        prop_assert!(near == made || tenant_token::parse(&near) != tenant_token::parse(&made));
        // Whatever is read names a tenant and a hash of the one length that there is.
        if let Some((_, hash)) = tenant_token::parse(&text) {
            prop_assert_eq!((hash.len(), text.len()), (32, 54));
        }
    }

    #[test]
    fn codes_of_the_second_factor_are_those_of_the_app_alone(
        code in prop_oneof![".{0,20}", "[0-9 ]{0,12}", "[0-9]{6}", "[a-z0-9-]{19}", Just("9".repeat(10_000))],
        secret: [u8; 20],
        seconds in -10_i64..4_000_000_000,
    ) {
        let opens = second_factor::tests::step(&secret, &code, seconds);
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        if let Some(step) = opens {
            prop_assert!(digits.len() == 6 && (step - seconds / 30).abs() <= 1, "{code:?} at {seconds}: {step}");
        }
    }

    #[test]
    fn what_was_not_sealed_here_opens_nothing(sealed in prop::collection::vec(any::<u8>(), 0..120), purpose in ".{0,40}") {
        prop_assert!(Sealer::new(b"one").unwrap().open(&purpose, &sealed).is_err());
    }
}

proptest! {
    // Measuring a password is meant to take its time.
    #![proptest_config(ProptestConfig { cases: often().cases / 64, ..ProptestConfig::default() })]

    #[test]
    fn any_password_is_measured(password in prop_oneof![".{0,100}", Just("aA1!".repeat(250))], name in ".{0,40}") {
        let began = std::time::Instant::now();
        prop_assert!(measure(&password, &[&name]).score <= 4);
        // Far more than it takes: whatever takes this long grows too fast with the password.
        prop_assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
    }
}
