//! A test as a process of its own, so that it can be stopped and killed.

use std::process::{Child, Command, Stdio};

/// A running process; killed with its handle.
pub struct Process(Child);

impl Process {
    /// Starts it.
    pub fn start(command: &mut Command) -> Self {
        Self(command.spawn().expect("a program that starts"))
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.0.id().to_string()]).status();
        assert!(sent.is_ok_and(|sent| sent.success()), "{name}");
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        self.0.try_wait().expect("a child of this process").is_none()
    }

    /// Ends it as the kernel does.
    pub fn kill(&mut self) {
        let _gone = self.0.kill();
        self.0.wait().expect("a child of this process");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs one ignored test of this binary, such as `killed::child`, as a silent process. What it needs goes into its environment.
pub fn child(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the path of these tests"));
    command.args(["--exact", test, "--ignored"]).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// What its parent wrote into the environment of such a process.
#[expect(clippy::disallowed_methods, reason = "the parent test has no other way to tell its child")]
pub fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is set by the test that starts this process"))
}
