//! Settings, good and faulty.

use super::*;

fn good() -> Vars {
    Vars::from([
        ("DATABASE_URL", "postgres://stoa_app@127.0.0.1/stoa"),
        ("STOA_SECRET", "0123456789abcdef0123456789abcdef"),
    ])
}

#[test]
fn two_variables_are_enough() {
    let config = Config::read(&good(), Purpose::Serve).unwrap();
    assert_eq!(config.http.addr.to_string(), "127.0.0.1:3000");
    assert_eq!(config.database.migration_url, config.database.url);
    assert_eq!(config.http.upload_limit, 512 * 1024 * 1024);
    assert!(config.worker && !config.demo && !config.http.secure);
    assert_eq!(config.webhooks, jobs::reach::Reach::Public);
    assert!(!format!("{config:?}").contains("0123456789abcdef"));
}

#[test]
fn empty_is_unset() {
    let vars = good().with("STOA_ADDR", "").with("REDIS_URL", " ").with("STOA_DB_POOL", "");
    let config = Config::read(&vars, Purpose::Serve).unwrap();
    assert_eq!(config.redis_url, None);
    assert!((10..=40).contains(&config.database.pool), "by the cores: {}", config.database.pool);
}

#[test]
fn the_secret_is_only_needed_to_serve_and_not_in_the_demo() {
    let bare = Vars::from([("DATABASE_URL", "postgres://127.0.0.1/stoa")]);
    assert!(Config::read(&bare, Purpose::Command).is_ok());
    assert!(Config::read(&bare.clone().with("STOA_DEMO", "true"), Purpose::Serve).is_ok());
    let faults = Config::read(&bare, Purpose::Serve).unwrap_err();
    assert_eq!(faults.variables().collect::<Vec<_>>(), ["STOA_SECRET"]);
}

#[test]
fn https_turns_on_what_needs_it() {
    let vars = good().with("STOA_PUBLIC_URL", "https://stoa.example/");
    let config = Config::read(&vars, Purpose::Serve).unwrap();
    assert!(config.http.secure);
    assert_eq!(config.http.public_url, "https://stoa.example");
}

#[test]
fn every_fault_is_named_and_all_at_once() {
    let wrong = [
        ("DATABASE_URL", "mysql://127.0.0.1/stoa"),
        ("MIGRATION_DATABASE_URL", "127.0.0.1"),
        ("STOA_DB_POOL", "none"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("STOA_ADDR", "localhost"),
        ("STOA_PUBLIC_URL", "stoa.example/shop"),
        ("STOA_METRICS_TOKEN", "short"),
        ("STOA_PROXIES", "-1"),
        ("STOA_UPLOAD_LIMIT_MB", "0"),
        ("STOA_SLOW_MS", "1.5"),
        ("STOA_SESSION_IDLE_MINUTES", "0"),
        ("STOA_SESSION_HOURS", "a week"),
        ("STOA_LOG", "everything=please"),
        ("STOA_LOG_FORMAT", "xml"),
        ("STOA_SMTP_URL", "mail.example.com"),
        ("STOA_MAIL_FROM", "Stoa"),
        ("STOA_SECRET", "too short"),
        ("STOA_LEAKED_PASSWORDS", "/nowhere/to/be/found"),
        ("STOA_RETENTION_QUARTERS", "-8"),
        ("STOA_WORKER", "maybe"),
        ("STOA_WEBHOOKS_PRIVATE", "sometimes"),
        ("STOA_DEMO", "2"),
        ("LEPTOS_HASH_FILES", "sure"),
    ];
    let all = wrong.iter().fold(Vars::default(), |vars, (name, value)| vars.with(name, value));
    let faults = Config::read(&all, Purpose::Serve).unwrap_err();
    let mut named: Vec<_> = faults.variables().collect();
    named.sort_unstable();
    let mut expected: Vec<_> = wrong.iter().map(|(name, _)| *name).collect();
    expected.sort_unstable();
    assert_eq!(named, expected);
    assert!(faults.to_string().starts_with("23 settings are invalid"), "{faults}");
    for (name, value) in wrong {
        let good = good().with("STOA_MAIL_FROM", "stoa@example.com");
        let faults = Config::read(&good.with(name, value), Purpose::Serve).unwrap_err();
        assert_eq!(faults.variables().collect::<Vec<_>>(), [name], "{faults}");
    }
}

#[test]
fn a_mail_server_needs_a_sender_and_its_password_is_not_shown() {
    let vars = good().with("STOA_SMTP_URL", "smtps://user:hidden-word@mail.example.com");
    let faults = Config::read(&vars, Purpose::Serve).unwrap_err();
    assert_eq!(faults.variables().collect::<Vec<_>>(), ["STOA_MAIL_FROM"]);
    let config = Config::read(&vars.with("STOA_MAIL_FROM", "Stoa <stoa@example.com>"), Purpose::Serve).unwrap();
    assert!(!format!("{config:?}").contains("hidden-word"));
    let without = Config::read(&good(), Purpose::Serve).unwrap();
    assert!(format!("{:?}", without.mailer).contains("data/mail"), "{:?}", without.mailer);
}
