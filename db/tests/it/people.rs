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
