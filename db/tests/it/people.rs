//! Accounts and who may enter which tenant.

use db::people::{self, passwords::Passwords};
use db::testing::{self, TestDb};
use domain::permission::Role;

#[tokio::test]
async fn people_sign_in_with_their_password_and_see_their_tenants() {
    let db = TestDb::new().await;
    let passwords = Passwords::new(2).unwrap();
    let (first, second) = (testing::tenant(&db.db, "first").await, testing::tenant(&db.db, "second").await);
    let ana = people::create(&db.db, &passwords, "Ana@shop.test", "a long enough password", false).await.unwrap();
    people::set_role(&first, ana, Role::Viewer).await.unwrap();
    people::set_role(&first, ana, Role::Owner).await.unwrap();
    let bob = people::create(&db.db, &passwords, "bob@shop.test", "a long enough password", false).await.unwrap();
    people::set_role(&second, bob, Role::Staff).await.unwrap();

    let found = people::verify(&db.db, &passwords, "ana@SHOP.test", "a long enough password").await.unwrap().unwrap();
    assert_eq!(found.id, ana);
    assert!(people::verify(&db.db, &passwords, "ana@shop.test", "another password").await.unwrap().is_none());
    assert!(people::verify(&db.db, &passwords, "nobody@shop.test", "a long enough password").await.unwrap().is_none());
    let tenants = people::memberships(&db.db, ana).await.unwrap();
    assert_eq!(tenants.iter().map(|m| (m.slug.as_str(), m.role.name())).collect::<Vec<_>>(), [("first", "owner")]);
}

#[tokio::test]
async fn bad_accounts_are_refused_by_field() {
    let db = TestDb::new().await;
    let passwords = Passwords::new(2).unwrap();
    people::create(&db.db, &passwords, "ana@shop.test", "a long enough password", false).await.unwrap();
    for (email, password, field) in [
        ("ana", "a long enough password", "email"),
        ("b@shop.test", "short", "password"),
        ("ANA@shop.test", "a long enough password", "email"),
    ] {
        let error = people::create(&db.db, &passwords, email, password, false).await.unwrap_err();
        let db::DataError::Invalid(errors) = error else { panic!("{error}") };
        assert_eq!(errors.0[0].field, field);
    }
}

/// Counted rather than timed: it fails when an unknown account is refused without a hash, or when the person is read before
/// the password is known to be right. The look-up itself is one statement for both and is not counted.
#[tokio::test]
async fn a_wrong_password_costs_the_same_for_known_and_unknown_accounts() {
    let db = TestDb::new().await;
    let passwords = Passwords::new(2).unwrap();
    people::create(&db.db, &passwords, "known@shop.test", "a long enough password", false).await.unwrap();
    for email in ["known@shop.test", "unknown@shop.test"] {
        let before = (db.db.statements(), passwords.hashes());
        assert!(people::verify(&db.db, &passwords, email, "another password").await.unwrap().is_none());
        let cost = (db.db.statements() - before.0, passwords.hashes() - before.1);
        assert_eq!(cost, (0, 1), "statements and hashes for {email}");
    }
}
