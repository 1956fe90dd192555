//! A PostgreSQL of a test's own, which may crash.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A private cluster on a port of its own; gone with the test.
pub struct Cluster {
    home: PathBuf,
    bin: PathBuf,
    pub port: u16,
}

const PASSWORD: &str = "for-this-test";

impl Cluster {
    /// Makes and starts one with the roles and the empty database of Stoa.
    pub fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let home = PathBuf::from(format!("/var/tmp/stoa-crash-{}-{port}", std::process::id()));
        let cluster = Self { home, bin: newest_bin(), port };
        fs::create_dir_all(&cluster.home).unwrap();
        if is_root() {
            fs::set_permissions(&cluster.home, fs::Permissions::from_mode(0o700)).unwrap();
            assert!(Command::new("chown").arg("postgres").arg(&cluster.home).status().unwrap().success());
        }
        let data = cluster.data();
        cluster.must(
            "initdb",
            &["-D", &data, "-U", "postgres", "--data-checksums", "--auth-local=trust", "--auth-host=scram-sha-256"],
        );
        let home = cluster.home.display().to_string();
        for setting in [
            format!("port = {port}"),
            "listen_addresses = '127.0.0.1'".to_owned(),
            format!("unix_socket_directories = '{home}'"),
            "synchronous_commit = on".to_owned(),
            "max_connections = 60".to_owned(),
        ] {
            let script = format!("echo \"{setting}\" >>{data}/postgresql.conf");
            assert!(cluster.as_postgres("sh", &["-c", &script]).status().unwrap().success());
        }
        cluster.recover();
        let roles = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/roles.sql");
        let variables = ["owner_password", "app_password"].map(|name| format!("{name}={PASSWORD}"));
        cluster.psql("postgres", &["-v", &variables[0], "-v", &variables[1]], &fs::read_to_string(roles).unwrap());
        cluster
    }

    /// The address for the role that serves, or for the owner.
    pub fn url(&self, role: &str) -> String {
        format!("postgres://{role}:{PASSWORD}@127.0.0.1:{}/stoa", self.port)
    }

    /// Ends every process of it in the middle of its work, without writing anything down.
    pub fn crash(&self) {
        self.must("pg_ctl", &["-D", &self.data(), "-s", "-m", "immediate", "stop"]);
    }

    /// Starts it and returns when it takes connections.
    pub fn recover(&self) {
        let log = self.home.join("log").display().to_string();
        self.must("pg_ctl", &["-D", &self.data(), "-s", "-w", "-t", "120", "-l", &log, "start"]);
    }

    /// What a statement of the superuser answers: no walls.
    pub fn ask(&self, sql: &str) -> String {
        self.psql("stoa", &[], sql)
    }

    fn psql(&self, database: &str, arguments: &[&str], sql: &str) -> String {
        let (home, port) = (self.home.display().to_string(), self.port.to_string());
        let mut all = vec!["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", &home, "-p", &port, "-U", "postgres"];
        all.extend(["-d", database]);
        all.extend(arguments);
        let psql = self.bin.join("psql").display().to_string();
        let mut child = self.as_postgres(&psql, &all).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{sql}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn data(&self) -> String {
        self.home.join("data").display().to_string()
    }

    fn must(&self, program: &str, arguments: &[&str]) {
        let path = self.bin.join(program).display().to_string();
        let mut command = self.as_postgres(&path, arguments);
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(status.success(), "{program} failed; see {}/log", self.home.display());
    }

    // PostgreSQL does not run as root.
    fn as_postgres(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(program) };
        if is_root() {
            command.args(["-u", "postgres", "--", program]);
        }
        command.args(arguments).current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let (pg_ctl, data) = (self.bin.join("pg_ctl").display().to_string(), self.data());
        let _stopped = self.as_postgres(&pg_ctl, &["-D", &data, "-s", "-m", "immediate", "stop"]).status();
        let _gone = fs::remove_dir_all(&self.home);
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

fn newest_bin() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut bins: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    bins.sort();
    bins.into_iter().rfind(|bin| bin.join("initdb").is_file()).unwrap_or_else(|| Path::new("/usr/bin").to_path_buf())
}
