//! The counter of effects, and what happens at the chosen one.

use std::fs::OpenOptions;
use std::future::{Future, pending};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::{BackendError, Code, Environment, ErrorKind, Result};
use rustix::process::{Signal, getpid, kill_process};

/// What happens at an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The process gets a signal.
    Signal(Signal),
    /// It never ends.
    Hang,
    /// It fails.
    Fail,
}

/// Whether it happens instead of the effect, or to its reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Instead of it.
    Before,
    /// Once it has happened.
    After,
}

/// One fault of a process.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// What happens.
    pub action: Action,
    /// When.
    pub when: When,
    /// At which effect, from 1.
    pub number: usize,
}

/// The effects of one process, in the order in which they begin. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Effects {
    count: Arc<AtomicUsize>,
    plan: Plan,
}

/// What is to happen, and where effects are recorded.
#[derive(Debug, Clone, Default)]
struct Plan {
    fault: Option<Fault>,
    record: Option<PathBuf>,
}

/// What came of an effect.
#[derive(Debug)]
pub(super) enum Outcome<T> {
    /// It happened, and this is its reply.
    Reply(T),
    /// It did not happen.
    Refused(BackendError),
    /// It happened, and its reply is lost.
    Lost(BackendError),
}

impl<T> Outcome<Result<T>> {
    /// For effects that cannot say that they do not know.
    pub(super) fn into_result(self) -> Result<T> {
        match self {
            Self::Reply(reply) => reply,
            Self::Refused(error) | Self::Lost(error) => Err(error),
        }
    }
}

impl Effects {
    /// Effects of which one meets this fault.
    pub fn with_fault(fault: Fault) -> Self {
        Self { count: Arc::default(), plan: Plan { fault: Some(fault), record: None } }
    }

    /// How many have begun.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// The same effects, with what is to happen as the environment says. It comes in by the context: in the block of
    /// this process the variables no longer stand.
    pub(super) fn planned_in(&self, environment: &Environment) -> Self {
        let fault = environment.text("RELEASEKIT_FAULT");
        let fault = fault.map(|text| parse(text).unwrap_or_else(|| panic!("`{text}` is no fault")));
        let record = environment.get("RELEASEKIT_EFFECTS").map(PathBuf::from);
        Self { count: self.count.clone(), plan: Plan { fault: fault.or(self.plan.fault), record } }
    }

    /// Lets an effect happen, or what was asked for instead.
    pub(super) async fn effect<T>(&self, what: &str, act: impl Future<Output = T>) -> Outcome<T> {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        self.record(what);
        if self.strikes(number, When::Before).await {
            return Outcome::Refused(injected(what, "was made to fail"));
        }
        let reply = act.await;
        if self.strikes(number, When::After).await {
            return Outcome::Lost(injected(what, "happened, and its reply was made to get lost"));
        }
        Outcome::Reply(reply)
    }

    /// Lets an upload happen, or what was asked for instead.
    pub(super) async fn upload(&self, request: &UploadRequest, act: impl Future<Output = Reply>) -> Reply {
        let what = format!("upload {}", request.artifact.path.file_name().unwrap_or_default().to_string_lossy());
        match self.effect(&what, act).await {
            Outcome::Reply(reply) => reply,
            Outcome::Refused(error) => Reply::Refused(error),
            Outcome::Lost(error) => Reply::Unknown(error),
        }
    }

    /// Lets the fault happen if this is its place, and says whether the effect shall fail.
    async fn strikes(&self, number: usize, when: When) -> bool {
        match self.plan.fault {
            Some(fault) if (fault.number, fault.when) == (number, when) => match fault.action {
                Action::Fail => true,
                Action::Hang => pending().await,
                Action::Signal(signal) => {
                    kill_process(getpid(), signal).expect("a process may signal itself");
                    false
                }
            },
            _ => false,
        }
    }

    fn record(&self, what: &str) {
        let Some(path) = &self.plan.record else { return };
        let mut file = OpenOptions::new().create(true).append(true).open(path).expect("the record is writable");
        writeln!(file, "{what}").expect("the record is writable");
    }
}

fn injected(what: &str, how: &str) -> BackendError {
    BackendError::new(Code::new("RK-TEST-INJECTED", ErrorKind::Transient), format!("`{what}` {how}"))
}

fn parse(text: &str) -> Option<Fault> {
    let mut parts = text.split(':');
    let action = match parts.next()? {
        "kill" => Action::Signal(Signal::KILL),
        "terminate" => Action::Signal(Signal::TERM),
        "interrupt" => Action::Signal(Signal::INT),
        "hang" => Action::Hang,
        "fail" => Action::Fail,
        _ => return None,
    };
    let when = match parts.next()? {
        "before" => When::Before,
        "after" => When::After,
        _ => return None,
    };
    let number = parts.next()?.parse().ok()?;
    parts.next().is_none().then_some(Fault { action, when, number })
}
