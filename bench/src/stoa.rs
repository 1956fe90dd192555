//! `stoa serve`, as people run it.

use std::fs::OpenOptions;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::http::{self, Answer};
use crate::world::World;

const STARTS_WITHIN: Duration = Duration::from_secs(30);
const STOPS_WITHIN: Duration = Duration::from_secs(15);

/// A running server; it ends with this value.
pub struct Stoa {
    child: Child,
    port: u16,
    /// From the start of the process until it was ready.
    pub ready_after: Duration,
}

impl Stoa {
    /// Starts it and waits until it is ready.
    pub fn start(world: &World) -> anyhow::Result<Self> {
        let port = world.options.port;
        let log = OpenOptions::new().create(true).append(true).open(world.file("stoa.log"))?;
        let begun = Instant::now();
        let child = Command::new(&world.options.stoa)
            .arg("serve")
            .env("STOA_ADDR", format!("127.0.0.1:{port}"))
            // Crowds come from many addresses.
            .env("STOA_PROXIES", "1")
            .env("STOA_WORKER", world.background.to_string())
            .env("STOA_PUBLIC_URL", format!("http://127.0.0.1:{port}"))
            .stderr(log)
            .spawn()?;
        let mut stoa = Self { child, port, ready_after: Duration::ZERO };
        while !stoa.is_ready() {
            if begun.elapsed() > STARTS_WITHIN || stoa.child.try_wait()?.is_some() {
                bail!("the server does not start; its log is {}", world.file("stoa.log").display());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        stoa.ready_after = begun.elapsed();
        Ok(stoa)
    }

    fn is_ready(&self) -> bool {
        http::request(self.port, "GET", "/ready", &[], "").is_ok_and(|answer| answer.status == 200)
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Signs somebody in; the header line that says so.
    pub fn sign_in(&self, email: &str, password: &str) -> anyhow::Result<String> {
        let form = format!("email={}&password={password}", email.replace('@', "%40"));
        let kind = ["Content-Type: application/x-www-form-urlencoded".to_owned()];
        let answer: Answer = http::request(self.port, "POST", "/login", &kind, &form)?;
        let cookie = answer.header(::http::header::SET_COOKIE).and_then(|c| c.split(';').next());
        Ok(format!("Cookie: {}", cookie.with_context(|| format!("signing in gave {}", answer.status))?))
    }
}

impl Drop for Stoa {
    fn drop(&mut self) {
        // By its own end where possible: it then closes its connections.
        let _asked = Command::new("kill").arg(self.child.id().to_string()).status();
        let begun = Instant::now();
        while begun.elapsed() < STOPS_WITHIN {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
