//! `pg_dump`, `pg_restore` and `pg_amcheck`: where they are, whether they fit the server, and running them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use db::backups::owner::Owner;
use percent_encoding::percent_decode_str;
use tokio::process::Command;
use url::Url;

use super::{BackupError, Backups};

/// Rows that a restore is looking at are nobody's data.
const QUARANTINE: &str = "--exclude-schema=stoa_quarantine_*";
/// Stoa needs no extension but this one, which is everywhere. Those that a database has besides, such as
/// `pg_stat_statements`, only its superuser can make again.
const EXTENSIONS: &str = "--extension=plpgsql";

/// Programs that fit the server.
pub(super) struct Programs {
    folder: Option<PathBuf>,
    major: u32,
    // What they connect with: in the environment, because arguments are seen by everybody on the machine.
    variables: Vec<(&'static str, String)>,
}

impl Programs {
    /// Finds them, and asks `pg_dump` and `pg_restore` for their version before anything is done.
    pub(super) async fn find(backups: &Backups) -> Result<Self, BackupError> {
        let owner = backups.owner()?;
        let major = owner.major_version().await?;
        let programs = Self { folder: backups.programs.clone(), major, variables: variables(owner)? };
        for name in ["pg_dump", "pg_restore"] {
            let said = programs.run(programs.command(name).arg("--version"), name).await?;
            let version = said.split_whitespace().find_map(|word| word.split('.').next()?.parse::<u32>().ok());
            if version.is_none_or(|version| version < major) {
                return Err(BackupError::Program(format!(
                    "{name} is '{}', but the server is PostgreSQL {major}: install the client programs of version {major} or newer",
                    said.trim()
                )));
            }
        }
        Ok(programs)
    }

    /// `pg_dump` of the installation's database, in the directory format.
    pub(super) async fn dump(&self, into: &Path, snapshot: &str, left_out: &[&str]) -> Result<(), BackupError> {
        let mut command = self.command("pg_dump");
        command.args([
            "--format=directory",
            "--compress=3",
            "--enable-row-security",
            "--no-sync",
            QUARANTINE,
            EXTENSIONS,
        ]);
        command.arg(format!("--snapshot={snapshot}")).arg("--file").arg(into);
        command.args(left_out.iter().map(|table| format!("--exclude-table-data=public.{table}")));
        self.run(&mut command, "pg_dump").await.map(drop)
    }

    /// `pg_dump` of the present schema alone.
    pub(super) async fn dump_schema(&self, into: &Path) -> Result<(), BackupError> {
        let mut command = self.command("pg_dump");
        command.args(["--format=custom", "--schema-only", QUARANTINE, EXTENSIONS, "--file"]).arg(into);
        self.run(&mut command, "pg_dump").await.map(drop)
    }

    /// `pg_restore` of a dump into the database `into`.
    pub(super) async fn restore(&self, dump: &Path, into: &str) -> Result<(), BackupError> {
        let mut command = self.command("pg_restore");
        // Comments are nothing that is looked at.
        command.args(["--exit-on-error", "--no-comments", "--dbname", into]).arg(dump);
        self.run(&mut command, "pg_restore").await.map(drop)
    }

    /// `pg_amcheck` of the database: every table's pages and every index against its table.
    pub(super) async fn amcheck(&self, database: &str) -> Result<(), BackupError> {
        let mut command = self.command("pg_amcheck");
        command.args(["--heapallindexed", "--schema=public", "--database", database]);
        self.run(&mut command, "pg_amcheck").await.map(drop)
    }

    fn command(&self, name: &str) -> Command {
        let usual = PathBuf::from(format!("/usr/lib/postgresql/{}/bin", self.major)).join(name);
        let program = match &self.folder {
            Some(folder) => folder.join(name),
            None if usual.is_file() => usual,
            None => PathBuf::from(name),
        };
        let mut command = Command::new(program);
        command.envs(self.variables.iter().map(|(name, value)| (name, OsStr::new(value))));
        // The door for backups; messages that can be read.
        command.env("PGOPTIONS", "-c app.backup=on").env("LC_ALL", "C");
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    async fn run(&self, command: &mut Command, name: &str) -> Result<String, BackupError> {
        let missing = |error: std::io::Error| {
            BackupError::Program(format!(
                "{name} cannot be run ({error}); install the client programs of PostgreSQL {}, or set STOA_PG_BIN",
                self.major
            ))
        };
        let ended = command.output().await.map_err(missing)?;
        if ended.status.success() {
            return Ok(String::from_utf8_lossy(&ended.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&ended.stderr);
        let said = if said.trim().is_empty() { String::from_utf8_lossy(&ended.stdout) } else { said };
        let words: String = said.trim().chars().take(1_000).collect();
        Err(BackupError::Program(format!("{name} failed ({}): {words}", ended.status)))
    }
}

fn variables(owner: &Owner) -> Result<Vec<(&'static str, String)>, BackupError> {
    let wrong = || BackupError::Program("MIGRATION_DATABASE_URL is not a database URL".into());
    let url = Url::parse(owner.url()).map_err(|_| wrong())?;
    let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut variables = vec![("PGDATABASE", owner.database()?)];
    variables.extend(url.host_str().map(|host| ("PGHOST", plain(host.trim_matches(['[', ']'])))));
    variables.extend(url.port().map(|port| ("PGPORT", port.to_string())));
    variables.push(("PGUSER", plain(url.username())));
    variables.extend(url.password().map(|password| ("PGPASSWORD", plain(password))));
    for (name, value) in url.query_pairs() {
        match name.as_ref() {
            "host" => variables.push(("PGHOST", value.into_owned())),
            "port" => variables.push(("PGPORT", value.into_owned())),
            "sslmode" | "ssl-mode" => variables.push(("PGSSLMODE", value.into_owned())),
            "sslrootcert" | "ssl-root-cert" => variables.push(("PGSSLROOTCERT", value.into_owned())),
            _ => {}
        }
    }
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_variables() {
        let owner = Owner::new("postgres://o%40x:p%3Aw@db.example:5433/stoa?sslmode=require".into());
        let wanted = [
            ("PGDATABASE", "stoa"),
            ("PGHOST", "db.example"),
            ("PGPORT", "5433"),
            ("PGUSER", "o@x"),
            ("PGPASSWORD", "p:w"),
            ("PGSSLMODE", "require"),
        ];
        assert_eq!(variables(&owner).unwrap(), wanted.map(|(n, v)| (n, v.to_owned())));
    }
}
