//! A real `sshd` for a test: its own port, host key, configuration and folder; gone with the test.

use std::collections::HashSet;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jobs::offsite::{Offsite, Settings};
use uuid::Uuid;

/// How the server's disk is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// That of the machine.
    Roomy,
    /// A file system of 4 MiB, where the test may mount one; else files of at most 4 MiB.
    Small,
}

/// The server.
pub struct Sshd {
    pub port: u16,
    pub dir: PathBuf,
    pub user: String,
    disk: Disk,
    child: Option<Child>,
}

impl Sshd {
    pub fn start() -> Self {
        Self::start_with(Disk::Roomy)
    }

    pub fn start_with(disk: Disk) -> Self {
        let dir = std::env::temp_dir().join(format!("stoa-sshd-{}", Uuid::new_v4().simple()));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let user = if is_root() { "nobody".to_owned() } else { output("id", &["-un"]) };
        fs::create_dir_all(dir.join("files")).unwrap();
        for name in ["host", "client", "stranger"] {
            keygen(&dir.join(name));
        }
        fs::copy(dir.join("client.pub"), dir.join("authorized_keys")).unwrap();
        let mut sshd = Self { port, dir, user, disk, child: None };
        sshd.settle_owner();
        sshd.write_config("");
        sshd.run();
        sshd
    }

    /// Where the copies go, as this machine sees it.
    pub fn files(&self) -> PathBuf {
        match (self.disk, &self.child) {
            // The small file system is mounted where only the server sees it.
            (Disk::Small, Some(child)) if is_root() => {
                PathBuf::from(format!("/proc/{}/root{}", child.id(), self.dir.join("files").display()))
            }
            _ => self.dir.join("files"),
        }
    }

    /// How to reach it; nothing is waited for long.
    pub fn settings(&self) -> Settings {
        let url = format!("sftp://{}@127.0.0.1:{}{}", self.user, self.port, self.dir.join("files").display());
        let host_key = fs::read_to_string(self.dir.join("host.pub")).unwrap();
        let mut settings = Settings::new(url.parse().unwrap(), self.dir.join("client"), host_key.parse().unwrap());
        settings.pause = Duration::from_millis(50);
        settings
    }

    pub fn open(&self) -> Offsite {
        Offsite::open(&self.settings()).unwrap()
    }

    /// Kills it and every process that serves a connection.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let mut doomed = vec![child.id()];
            doomed.extend(descendants(child.id()));
            let pids: Vec<String> = doomed.iter().map(u32::to_string).collect();
            Command::new("kill").arg("-9").args(&pids).stderr(Stdio::null()).status().unwrap();
            child.wait().unwrap();
        }
    }

    /// Starts it again on the same port.
    pub fn run(&mut self) {
        let config = self.dir.join("sshd_config").display().to_string();
        let files = self.dir.join("files").display().to_string();
        let log = fs::File::options().create(true).append(true).open(self.dir.join("log")).unwrap();
        let sshd = format!("exec /usr/sbin/sshd -D -e -f {config}");
        let mut command = match self.disk {
            Disk::Roomy => shell(&sshd),
            Disk::Small if is_root() => {
                let script = format!("mount -t tmpfs -o size=4m,mode=777 tmpfs {files} && {sshd}");
                let mut command = Command::new("unshare");
                command.args(["--mount", "sh", "-c", &script]);
                command
            }
            Disk::Small => shell(&format!("trap '' XFSZ; ulimit -f 8192; {sshd}")),
        };
        self.child = Some(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(started.elapsed() < db::testing::PATIENCE, "sshd does not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Every sign-in so far.
    pub fn sign_ins(&self) -> usize {
        self.log().matches("Accepted publickey").count()
    }

    /// Connections that are open now, as the kernel counts them at the server's side.
    pub fn connections(&self) -> usize {
        let port = format!(":{:04X}", self.port);
        let table = fs::read_to_string("/proc/net/tcp").unwrap();
        let peer = |line: &'_ str| {
            let words: Vec<&str> = line.split_whitespace().take(4).collect();
            matches!(words[..], [_, local, _, "01"] if local.ends_with(&port)).then(|| words[2].to_owned())
        };
        // The kernel may list one socket twice when others open while it is read.
        table.lines().skip(1).filter_map(peer).collect::<HashSet<_>>().len()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }

    /// The processes that serve connections.
    pub fn sessions(&self) -> Vec<u32> {
        self.child.as_ref().map(|child| descendants(child.id())).unwrap_or_default()
    }

    pub fn new_host_key(&self) {
        fs::remove_file(self.dir.join("host")).unwrap();
        keygen(&self.dir.join("host"));
    }

    pub fn write_config(&self, more: &str) {
        let dir = self.dir.display();
        let config = format!(
            "Port {}\nListenAddress 127.0.0.1\nHostKey {dir}/host\nPidFile none\nUsePAM no\nStrictModes no\n\
             AuthorizedKeysFile {dir}/authorized_keys\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             Subsystem sftp internal-sftp\nLogLevel VERBOSE\n{more}\n",
            self.port
        );
        fs::write(self.dir.join("sshd_config"), config).unwrap();
    }

    // sshd wants a folder of root's for its children without rights, and root would pass every permission: as root,
    // the copies belong to nobody.
    fn settle_owner(&self) {
        if is_root() {
            fs::create_dir_all("/run/sshd").unwrap();
            fs::set_permissions("/run/sshd", fs::Permissions::from_mode(0o755)).unwrap();
            let id = |flag| output("id", &[flag, &self.user]).parse::<u32>().unwrap();
            chown(self.dir.join("files"), Some(id("-u")), Some(id("-g"))).unwrap();
        }
        fs::set_permissions(&self.dir, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.kill();
        let _gone = fs::remove_dir_all(&self.dir);
    }
}

fn is_root() -> bool {
    output("id", &["-u"]) == "0"
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

fn output(program: &str, arguments: &[&str]) -> String {
    String::from_utf8(Command::new(program).args(arguments).output().unwrap().stdout).unwrap().trim().to_owned()
}

fn keygen(path: &Path) {
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(path).status().unwrap();
    assert!(made.success());
}

// Connections outlive the server that took them in, in sessions of their own.
fn descendants(root: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        let parent =
            stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)).and_then(|p| p.parse::<u32>().ok());
        parents.extend(parent.map(|parent| (pid, parent)));
    }
    let mut found = vec![root];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at];
        found.extend(parents.iter().filter(|(_, p)| *p == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    found.split_off(1)
}
