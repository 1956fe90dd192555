//! The last place in a team, wanted by many at once by the links that they were sent.

use db::outbox::NewMail;
use db::people::{self, Person};
use db::platform::{NewTier, Platform};
use db::team::{self, LinkDelivery, NewPlace};
use db::testing::{self, TestDb};
use db::{DataError, Origin, people::passwords::Passwords};
use domain::limits::{Limit, Terms};
use domain::permission::{Permission, Role};

fn letter(to: &str) -> NewMail {
    let (recipient, subject) = (to.to_owned(), "s".to_owned());
    NewMail { key: to.to_owned(), kind: "test", recipient, subject, body: serde_json::json!({}) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_accept_at_once_one_gets_the_last_place_and_the_others_keep_their_links() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let passwords = Passwords::new(1).unwrap();
    let owner = people::create(&db.db, &passwords, "owner@ours.test", "a long enough password", false).await.unwrap();
    people::set_role(&access, owner, Role::Owner).await.unwrap();
    let scope = access.scope(Permission::ManagePeople).unwrap();
    let superuser = db.owner(access.tenant()).await;
    let mut invited = Vec::new();
    for n in 0..64 {
        let (id, email): (domain::ids::UserId, _) = (db.db.clock().id(), format!("p{n}@ours.test"));
        let sql = "insert into users (id, email, email_key, password_hash, created_at) values ($1, $2, $2, '', now())";
        sqlx::query(sql).bind(id.0).bind(&email).execute(&superuser).await.unwrap();
        let place = NewPlace { role: "viewer".to_owned(), stores: None };
        let secret = team::invite(&scope, &email, &place, LinkDelivery::Shown, |_| letter(&email)).await.unwrap();
        let name = String::new();
        invited.push((
            secret,
            Person { id, email, name, is_platform_admin: false, has_second_factor: false, is_proven: true },
        ));
    }
    let platform = Platform::command(db.db.clone());
    let mut terms = Terms::default();
    terms.set(Limit::Members, Some(2)).unwrap();
    platform.create_tier(&NewTier { slug: "two".into(), name: "Two".into(), terms }).await.unwrap();
    assert!(platform.put_on_tier("ours", "two").await.unwrap());

    let accept = |(secret, person): (String, Person)| {
        let db = db.db.clone();
        tokio::spawn(async move { team::accept(&db, &secret, &person, Origin::default()).await.map(drop) })
    };
    let tasks: Vec<_> = invited.iter().cloned().map(accept).collect();
    let mut joined = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => joined += 1,
            Err(DataError::AtLimit(reached)) => assert_eq!((reached.limit, reached.used), (Limit::Members, 2)),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((joined, team::members(&scope).await.unwrap().len()), (1, 2));
    assert_eq!(team::invitations(&scope).await.unwrap().len(), 63, "whoever found no place may come when there is one");
    let sql = "select count(*) from audit_entries where tenant_id = $1 and action = 'invitation.accept'";
    let recorded: i64 = sqlx::query_scalar(sql).bind(access.tenant().0).fetch_one(&superuser).await.unwrap();
    assert_eq!(recorded, 1);
}
