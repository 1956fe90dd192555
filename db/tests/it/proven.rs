//! Addresses of which nobody knows whose they are, and the one form by which addresses are compared.

use db::Origin;
use db::outbox::NewMail;
use db::people::{self, Address, email_keys, passwords::Passwords};
use db::platform::Platform;
use db::team::{self, LinkDelivery, NewPlace};
use db::testing::{self, TestDb};
use domain::permission::{Permission, Role};
use sqlx::Row;

const PASSWORD: &str = "a long enough password";

fn mail(to: &str) -> NewMail {
    let (recipient, subject) = (to.to_owned(), "s".to_owned());
    NewMail { key: to.to_owned(), kind: "test", recipient, subject, body: serde_json::json!({}) }
}

#[tokio::test]
async fn an_unproven_account_opens_the_tenant_that_invited_it_and_no_other() {
    let db = TestDb::new().await;
    let passwords = Passwords::new(1).unwrap();
    let [ours, theirs] = [testing::tenant(&db.db, "ours").await, testing::tenant(&db.db, "theirs").await];
    let place = NewPlace { role: "manager".to_owned(), stores: None };
    let scope = ours.scope(Permission::ManagePeople).unwrap();
    let secret = team::invite(&scope, "ana@corp.test", &place, LinkDelivery::Shown, mail).await.unwrap();
    let ana = people::create_invited(&db.db, &passwords, "ana@corp.test", PASSWORD, Address::Unproven).await.unwrap();
    let person = people::person(&db.db, ana).await.unwrap().unwrap();
    assert!(!person.is_proven);
    team::accept(&db.db, &secret, &person, Origin::default()).await.unwrap();
    people::set_role(&theirs, ana, Role::Owner).await.unwrap();
    let opens = async || {
        let all = people::memberships(&db.db, ana).await.unwrap();
        all.into_iter().map(|m| m.slug).collect::<Vec<_>>()
    };
    assert_eq!(opens().await, ["ours"]);
    let member = team::member(&theirs.scope(Permission::ManagePeople).unwrap(), ana).await.unwrap();
    assert!(!member.is_open);
    let platform = Platform::command(db.db.clone());
    platform.vouch(ana).await.unwrap();
    assert_eq!(opens().await, ["ours", "theirs"]);
    assert!(platform.vouch(ana).await.is_err(), "once is enough");
    let owner = db.owner(theirs.tenant()).await;
    let sql = "select count(*) from audit_entries where tenant_id = $1 and action = 'email.vouch'";
    let told: i64 = sqlx::query_scalar(sql).bind(theirs.tenant().0).fetch_one(&owner).await.unwrap();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn the_owner_vouches_for_a_member_of_their_own_tenant() {
    let db = TestDb::new().await;
    let passwords = Passwords::new(1).unwrap();
    let [ours, theirs] = [testing::tenant(&db.db, "ours").await, testing::tenant(&db.db, "theirs").await];
    let boss = people::create(&db.db, &passwords, "boss@ours.test", PASSWORD, false).await.unwrap();
    people::set_role(&ours, boss, Role::Owner).await.unwrap();
    let ana = people::create_invited(&db.db, &passwords, "ana@corp.test", PASSWORD, Address::Unproven).await.unwrap();
    for access in [&ours, &theirs] {
        people::set_role(access, ana, Role::Viewer).await.unwrap();
    }
    let boss_of = people::memberships(&db.db, boss).await.unwrap().remove(0);
    let scope = people::access(&db.db, boss, &boss_of).scope(Permission::ManagePeople).unwrap();
    assert!(team::transfer(&scope, ana).await.is_err(), "nobody hands the account over to whoever does not get in");
    team::vouch(&scope, ana).await.unwrap();
    let opens: Vec<String> = people::memberships(&db.db, ana).await.unwrap().into_iter().map(|m| m.slug).collect();
    assert_eq!(opens, ["ours"], "it says nothing to other tenants");
    let ours = ours.scope(Permission::ManagePeople).unwrap();
    assert!(team::vouch(&ours, ana).await.is_err(), "only an owner does");
}

#[tokio::test]
async fn following_a_mailed_invitation_proves_the_address() {
    let db = TestDb::new().await;
    let passwords = Passwords::new(1).unwrap();
    let ours = testing::tenant(&db.db, "ours").await;
    let scope = ours.scope(Permission::ManagePeople).unwrap();
    let place = NewPlace { role: "viewer".to_owned(), stores: None };
    for (email, delivery, proven) in
        [("ana@corp.test", LinkDelivery::Mailed, true), ("bob@corp.test", LinkDelivery::Shown, false)]
    {
        let secret = team::invite(&scope, email, &place, delivery, mail).await.unwrap();
        let id = people::create_invited(&db.db, &passwords, email, PASSWORD, Address::Unproven).await.unwrap();
        let person = people::person(&db.db, id).await.unwrap().unwrap();
        team::accept(&db.db, &secret, &person, Origin::default()).await.unwrap();
        assert_eq!(people::person(&db.db, id).await.unwrap().unwrap().is_proven, proven, "{email}");
    }
}

#[tokio::test]
async fn an_account_is_found_by_every_spelling_of_its_address() {
    let db = TestDb::new().await;
    let passwords = Passwords::new(1).unwrap();
    let id = people::create(&db.db, &passwords, "Iris@Shop.test", PASSWORD, false).await.unwrap();
    for spelled in ["iris@shop.test", "\u{130}ris@SHOP.test", "ｉｒｉｓ@shop.test", " iris@shop.test. "] {
        assert_eq!(people::find(&db.db, spelled).await.unwrap(), Some(id), "{spelled:?}");
        let found = people::verify(&db.db, &passwords, spelled, PASSWORD).await.unwrap();
        assert_eq!(found.map(|p| p.id), Some(id), "{spelled:?}");
        assert!(people::create(&db.db, &passwords, spelled.trim(), PASSWORD, false).await.is_err(), "{spelled:?}");
    }
}

#[tokio::test]
async fn accounts_from_before_get_the_key_of_their_address_and_those_that_meet_are_told_apart() {
    let db = TestDb::new().await;
    let owner = db.owner(testing::tenant(&db.db, "ours").await.tenant()).await;
    // As the schema leaves them: what is not plain is lowered where it is plain, in the order in which they were made.
    for (email, key) in [
        ("\u{130}ris@shop.test", "\u{130}ris@shop.test"),
        ("iri\u{17f}@shop.test", "iri\u{17f}@shop.test"),
        ("ΣΟΦΟΣ@shop.test", "ΣΟΦΟΣ@shop.test"),
        ("ana@shop.test", "ana@shop.test"),
    ] {
        let sql = "insert into users (id, email, email_key, password_hash, created_at) values (gen_random_uuid(), $1, $2, '', clock_timestamp())";
        sqlx::query(sql).bind(email).bind(key).execute(&owner).await.unwrap();
    }
    assert_eq!(email_keys::mend(&db.db).await.unwrap(), ["iri\u{17f}@shop.test"]);
    assert!(people::find(&db.db, "iris@shop.test").await.unwrap().is_some());
    assert!(people::find(&db.db, "σοφος@shop.test").await.unwrap().is_some());
    let rows = sqlx::query("select email_key from users order by created_at").fetch_all(&owner).await.unwrap();
    let keys: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(
        (keys[0].as_str(), keys[2].as_str(), keys[3].as_str()),
        ("iris@shop.test", "σοφοσ@shop.test", "ana@shop.test")
    );
    assert!(keys[1].starts_with("iris@shop.test#"), "{keys:?}");
    assert_eq!(email_keys::mend(&db.db).await.unwrap(), ["iri\u{17f}@shop.test"], "and they stay so");
}
