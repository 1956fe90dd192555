//! Backups of every kind, made and read back.

use domain::backups::{Kind, Status};
use futures::StreamExt;
use jobs::backups::{BackupError, Identity, Recipient, download};
use sqlx::{Connection, Executor, PgConnection};

use crate::backup_setup::World;

#[tokio::test]
async fn a_backup_of_each_kind_is_made_and_read_back() {
    let world = World::new().await;
    world.file("orders.csv", b"a,b\n1,2\n");
    for kind in [Kind::Database, Kind::Files, Kind::Full] {
        let (made, verified) = world.make(kind).await.unwrap();
        assert_eq!(verified.rows, made.rows);
        let row = world.row(kind, made.id).await;
        assert_eq!((row.status, row.verify_error.as_deref()), (Status::Verified, None), "{kind}");
        assert!(row.bytes > 0 && row.rows > 0 && row.verified_at.is_some() && row.duration().is_some());
    }
    assert_eq!(world.scratches().await, 0, "scratch databases go");
}

#[tokio::test]
async fn what_a_superuser_added_to_the_database_is_not_part_of_a_backup() {
    let world = World::new().await;
    let mut owner = PgConnection::connect(&world.test.owner_url).await.unwrap();
    // One that the owner may add as well, so that this test needs nobody else.
    owner.execute("create extension pg_trgm").await.unwrap();
    owner.close().await.unwrap();
    let (made, _) = world.make(Kind::Full).await.unwrap();
    assert_eq!(world.row(Kind::Full, made.id).await.status, Status::Verified);
    let parts: Vec<_> = world.objects(made.id).iter().map(|path| std::fs::read(path).unwrap()).collect();
    let says = |words: &str| parts.iter().any(|part| part.windows(words.len()).any(|seen| seen == words.as_bytes()));
    assert!(says("CREATE TABLE public.orders") && !says("CREATE EXTENSION"));
}

#[tokio::test]
async fn a_sealed_backup_is_read_back_by_its_key_alone() {
    let mut world = World::new().await;
    let key = age::x25519::Identity::generate();
    let recipient: Recipient = key.to_public().to_string().parse().unwrap();
    world.backups.recipient = Some(recipient);
    let made = world.create(Kind::Database).await.unwrap();
    for path in world.objects(made.id) {
        let content = std::fs::read(&path).unwrap();
        let is_label = path.ends_with("label.json");
        assert!(is_label || content.starts_with(b"age-encryption.org/v1"), "{}", path.display());
    }
    let stop = tokio_util::sync::CancellationToken::new();
    let closed = jobs::backups::verify(&world.backups, &world.place(), made.id, &stop).await.unwrap_err();
    assert!(closed.to_string().contains("STOA_BACKUP_IDENTITY_FILE"), "{closed}");
    assert_eq!(
        world.row(Kind::Database, made.id).await.status,
        Status::Stored,
        "a missing key says nothing about the backup"
    );
    let secret = age::secrecy::ExposeSecret::expose_secret(&key.to_string()).to_owned();
    world.backups.identity = Some(secret.parse::<Identity>().unwrap());
    jobs::backups::verify(&world.backups, &world.place(), made.id, &stop).await.unwrap();
    let (length, pieces) = download(&world.backups, &world.scope(), made.id).await.unwrap();
    let archive = whole(pieces).await;
    assert_eq!(archive.len() as u64, length);
    let names = names(&archive);
    assert!(names.contains(&"orders.copy.zst".to_owned()) && names[0] == "manifest.json", "{names:?}");
}

#[tokio::test]
async fn a_tenant_downloads_its_own_backups_alone() {
    let world = World::new().await;
    let (made, _) = world.make(Kind::Database).await.unwrap();
    let (length, pieces) = download(&world.backups, &world.scope(), made.id).await.unwrap();
    let archive = whole(pieces).await;
    assert_eq!(archive.len() as u64, length);
    assert!(names(&archive).len() > 10);
    let theirs = world.theirs.scope(domain::permission::Permission::ManageBackups).unwrap();
    let absent = download(&world.backups, &theirs, made.id).await.err().unwrap();
    assert!(matches!(absent, BackupError::Data(db::DataError::NotFound("backup"))), "{absent}");
}

#[tokio::test]
async fn only_the_tenants_own_rows_are_in_its_backup() {
    let world = World::new().await;
    let (made, _) = world.make(Kind::Database).await.unwrap();
    let theirs = world.theirs.tenant().to_string();
    for path in world.objects(made.id).into_iter().filter(|p| p.extension().is_some_and(|e| e == "zst")) {
        let plain = zstd::decode_all(std::fs::File::open(&path).unwrap()).unwrap();
        assert!(!String::from_utf8_lossy(&plain).contains(&theirs), "{}", path.display());
    }
}

#[tokio::test]
async fn every_table_with_a_tenant_is_saved_or_left_out_for_a_reason() {
    use db::backups::tables::{LEFT_OUT, all, saved};
    use sqlx::{Connection, Executor, PgConnection};
    let world = World::new().await;
    let mut owner = PgConnection::connect(&world.test.owner_url).await.unwrap();
    // Somebody adds a table and thinks of everything but backups.
    let sql = "create table novelties (tenant_id uuid not null, id uuid not null, word text not null, primary key (tenant_id, id)); \
               select stoa_wall('novelties'); grant select on novelties to stoa_app;";
    owner.execute(sql).await.unwrap();
    let (all, saved) = (all(&mut owner).await.unwrap(), saved(&mut owner).await.unwrap());
    for table in &all {
        let reason = LEFT_OUT.iter().find(|(name, _)| *name == table.name).map(|(_, reason)| *reason);
        let is_saved = saved.iter().any(|s| s.name == table.name);
        assert!(is_saved != reason.is_some_and(|r| r.len() > 10), "{}: saved, or left out with a reason", table.name);
        assert!(
            !is_saved || table.key.first().is_some_and(|k| k == "tenant_id"),
            "{} has no key to order it by",
            table.name
        );
    }
    let (made, _) = world.make(Kind::Database).await.unwrap();
    assert!(world.objects(made.id).iter().any(|p| p.ends_with("novelties.copy.zst")), "a new table is saved by itself");
    assert_eq!(made.tables as usize, saved.len());
    assert!(made.rows >= 5 + 10, "orders and their items among them: {}", made.rows);
}

async fn whole(mut pieces: futures::stream::BoxStream<'static, Result<bytes::Bytes, BackupError>>) -> Vec<u8> {
    let mut archive = Vec::new();
    while let Some(piece) = pieces.next().await {
        archive.extend_from_slice(&piece.unwrap());
    }
    archive
}

fn names(archive: &[u8]) -> Vec<String> {
    let mut archive = tar::Archive::new(archive);
    let entries = archive.entries().unwrap();
    entries.map(|e| e.unwrap().path().unwrap().to_string_lossy().into_owned()).collect()
}
