//! A releasekit that runs beside the test, so that the test can look at it and end it.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use releasekit_testkit::Ran;
use rustix::process::{Pid, Signal, kill_process};

/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(120);

/// A process in the background. It is killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    output: [PathBuf; 2],
}

impl Running {
    /// Starts a command whose output goes to files in a folder, which this makes.
    #[track_caller]
    pub fn start(command: &mut Command, folder: PathBuf) -> Self {
        fs::create_dir_all(&folder).expect("the sandbox is writable");
        let output = ["stdout", "stderr"].map(|name| folder.join(name));
        let [stdout, stderr] = output.each_ref().map(|path| File::create(path).expect("the sandbox is writable"));
        let child = command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).spawn().expect("the program starts");
        Self { child, output }
    }

    /// What it has written to stderr so far.
    pub fn stderr(&self) -> String {
        read(&self.output[1])
    }

    /// Sends it a signal, and nothing to the programs that it started.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the program still runs");
    }

    /// Waits until something has become true, and panics with what the program said when it does not.
    #[track_caller]
    pub fn until(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            let ended = self.child.try_wait().expect("the program can be waited for");
            assert!(ended.is_none() && Instant::now() < end, "{what} did not happen; {ended:?}\n{}", self.stderr());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether it has ended.
    pub fn ended(&mut self) -> bool {
        self.child.try_wait().expect("the program can be waited for").is_some()
    }

    /// Waits for its end.
    #[track_caller]
    pub fn wait(mut self) -> Ran {
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("the program can be waited for") {
                break status;
            }
            assert!(Instant::now() < end, "it does not end\n{}", self.stderr());
            thread::sleep(Duration::from_millis(20));
        };
        let [stdout, stderr] = self.output.each_ref().map(read);
        Ran { command: "releasekit in the background".to_owned(), code: status.code(), stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

fn read(path: &PathBuf) -> String {
    String::from_utf8_lossy(&fs::read(path).expect("the output can be read")).into_owned()
}
