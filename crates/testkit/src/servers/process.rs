//! A server's process: started on a free port, waited for, and killed with everything it started.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{Tools, get};

/// Ends the server when the test does; see the file.
const SERVE: &str = include_str!("serve.py");

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(90);

/// How often another port is tried, for a port that was free a moment ago can be somebody else's.
const TRIES: usize = 5;

/// Where a server's output goes, in its folder.
pub(super) const LOG: &str = "server.log";

/// How to start a kind of server.
pub(super) struct Kind {
    /// The python function that runs it, as `module:function`, or `program`: then the arguments begin with variables and the
    /// program.
    pub(super) main: &'static str,
    /// A path that gives such an answer as soon as the server is ready.
    pub(super) ready: (&'static str, u16),
}

/// A server that answers.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    /// Where it listens, `http://127.0.0.1:PORT`.
    pub(super) url: String,
}

impl Server {
    /// Starts a server in a folder, with the arguments that `args` gives for a port, and waits until it answers.
    #[track_caller]
    pub(super) fn start(tools: &Tools, kind: &Kind, folder: &Path, args: impl Fn(u16) -> Vec<String>) -> Self {
        for _ in 0..TRIES {
            let port = free_port();
            let child = spawn(tools, kind, folder, &args(port));
            let mut server = Self { child, url: format!("http://127.0.0.1:{port}") };
            if server.ready(kind) {
                return server;
            }
        }
        panic!("{} does not start:\n{}", kind.main, fs::read_to_string(folder.join(LOG)).unwrap_or_default());
    }

    /// Ends it, and starts it anew where it was.
    #[track_caller]
    pub(super) fn again(&mut self, tools: &Tools, kind: &Kind, folder: &Path, args: impl Fn(u16) -> Vec<String>) {
        self.end();
        let port = self.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("its URL ends with a port");
        self.child = spawn(tools, kind, folder, &args(port));
        assert!(self.ready(kind), "{} does not start again on {}", kind.main, self.url);
    }

    fn end(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _gone = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _status = self.child.wait();
    }

    fn ready(&mut self, kind: &Kind) -> bool {
        let (path, status) = kind.ready;
        let url = format!("{}{path}", self.url);
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end && matches!(self.child.try_wait(), Ok(None)) {
            if get(&url, &[("Accept", "application/json")]).is_ok_and(|answer| answer.status == status) {
                // Somebody else may have answered on a port that ours failed to bind.
                return matches!(self.child.try_wait(), Ok(None));
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn spawn(tools: &Tools, kind: &Kind, folder: &Path, args: &[String]) -> Child {
    let output = File::create(folder.join(LOG)).expect("the server's folder is writable");
    let errors = output.try_clone().expect("a file can be shared");
    Command::new(tools.python())
        .args(["-c", SERVE])
        .arg(folder)
        .arg(kind.main)
        .args(args)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(output)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .expect("the pinned python starts")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    listener.local_addr().expect("a listener has an address").port()
}
