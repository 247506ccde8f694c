//! The real binary, as an operator starts and ends it.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

/// How long the binary may take for anything a test waits for.
const PATIENCE: Duration = Duration::from_secs(300);

/// A server in a process of its own.
#[derive(Debug)]
pub struct Server {
    /// Where gRPC listens.
    pub endpoint: String,
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
}

impl Server {
    /// Starts `amends serve` on a free port and waits until it serves.
    pub async fn start(database_url: &str, more: &[&str]) -> Self {
        Self::start_at("127.0.0.1:0", database_url, more).await
    }

    /// The same at an address, where another server was before.
    pub async fn start_at(address: &str, database_url: &str, more: &[&str]) -> Self {
        let usual = ["serve", "--metrics-listen", "off", "--log-format", "json"];
        let mut child = amends(&usual)
            .args(["--listen", address, "--database-url", database_url])
            .args(more)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let endpoint = timeout(PATIENCE, serving(&mut log)).await.unwrap();
        Self { endpoint, child, log }
    }

    /// `kill -9`: no chance to say goodbye.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGTERM: as a supervisor of processes ends it.
    pub async fn terminate(&self) {
        let id = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        assert!(sent.success());
    }

    /// How it ended, and what it said until then.
    pub async fn ended(mut self) -> (ExitStatus, Vec<String>) {
        let mut said = Vec::new();
        let ended = timeout(PATIENCE, async {
            while let Ok(Some(line)) = self.log.next_line().await {
                said.push(line);
            }
            self.child.wait().await.unwrap()
        });
        let status = ended.await.unwrap();
        (status, said)
    }
}

/// The address in the line that says that the server serves.
async fn serving(log: &mut Lines<BufReader<ChildStderr>>) -> String {
    let mut said = String::new();
    while let Some(line) = log.next_line().await.unwrap() {
        let entry: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        let field =
            |name: &str| entry.pointer(&format!("/fields/{name}")).and_then(serde_json::Value::as_str);
        if field("message") == Some("serving") {
            return format!("http://{}", field("address").unwrap());
        }
        said.push_str(&line);
        said.push('\n');
    }
    panic!("the server ended before it served:\n{said}");
}

/// A command of the binary, which ends with the test.
#[must_use]
pub fn amends(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).kill_on_drop(true).stdin(Stdio::null());
    command
}

/// Runs a command of the binary to its end.
pub async fn run(arguments: &[&str]) -> Output {
    timeout(PATIENCE, amends(arguments).output()).await.unwrap().unwrap()
}

/// Runs a command that must succeed, and answers what it printed.
pub async fn succeed(arguments: &[&str]) -> String {
    let output = run(arguments).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "amends {}: {said}", arguments.join(" "));
    String::from_utf8(output.stdout).unwrap()
}

/// The binary that belongs to this test: beside it, and built from the same sources.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(build)
}

// Cargo builds the binaries of a tested package only. Asking it here keeps a
// test of this package alone from running a binary of last week.
fn build() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = std::process::Command::new(cargo);
    cargo.args(["build", "--quiet", "--package", "amends-server", "--bin", "amends"]);
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().unwrap().success(), "the binary cannot be built");
    folder.join("amends")
}
