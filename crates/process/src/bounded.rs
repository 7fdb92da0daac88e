//! This executable, started again for work whose memory and time the system bounds.
//!
//! A process cannot take back what it has allocated for somebody else's text, nor survive an allocation that fails. One that
//! has nothing else to do may end over it: whoever waits for it says why.

use std::ffi::OsString;
use std::io;
use std::time::Duration;

use async_trait::async_trait;
use releasekit_core::template::{Stopped, Templates};
use releasekit_core::{Diagnostic, Environment};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::supervisor::hide;
use crate::{Command, Error, Output};

/// What Rust's runtime says before it ends a process that asks for more memory than there is, or than can be.
const OUT_OF_MEMORY: &[&str] = &["memory allocation of ", "capacity overflow"];

/// What it says before it ends one whose stack is too small.
const OUT_OF_STACK: &str = "has overflowed its stack";

/// By how much the end that the system makes comes after the one that is made by whoever waits, and who can say why.
const LATER: Duration = Duration::from_secs(2);

/// What a process may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Its address space in bytes, with stacks and the program itself. Linux alone holds it.
    pub memory: u64,
    /// How long it may run. Where nobody waits for it any more, it is ended after as much processor time and a little more.
    pub time: Duration,
    /// How much of its standard output is read, in bytes.
    pub reply: usize,
}

impl Bounds {
    /// Puts this process under them for the rest of its life, or under stricter ones that it has already. Its memory is not
    /// written to a file when it is ended.
    pub fn impose(&self) -> io::Result<()> {
        hide()?;
        lower(Resource::Core, 0)?;
        lower(Resource::Cpu, (self.time + LATER).as_secs())?;
        if cfg!(target_os = "linux") {
            lower(Resource::As, self.memory)?;
        }
        Ok(())
    }

    /// Why a process under these bounds did not end as it should.
    fn ending(&self, output: Output) -> Stopped {
        let said = output.stderr_text();
        if OUT_OF_MEMORY.iter().any(|words| said.contains(words)) {
            Stopped::Memory { limit: self.memory }
        } else if said.contains(OUT_OF_STACK) {
            Stopped::Depth
        } else {
            failed(&output.into_failure())
        }
    }
}

fn lower(resource: Resource, wanted: u64) -> io::Result<()> {
    let now = getrlimit(resource);
    let limit = [now.current, now.maximum].into_iter().flatten().fold(wanted, u64::min);
    setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?;
    Ok(())
}

/// What a process came to that met no bound, with the first of what it said: where a panic was, and its message.
fn failed(error: &Error) -> Stopped {
    let output = error.output().unwrap_or_default();
    let said: Vec<&str> = output.lines().filter(|line| !line.is_empty()).take(2).collect();
    let said = if said.is_empty() { String::new() } else { format!(" ({})", said.join(" ")) };
    Stopped::Failed(format!("did not do its work: {error}{said}"))
}

/// Renders templates in this executable, started again with one argument, which tells its `main` to [impose](Bounds::impose)
/// the same bounds and to render.
#[derive(Debug, Clone)]
pub struct BoundedTemplates {
    executable: OsString,
    role: &'static str,
    environment: Environment,
    bounds: Bounds,
}

impl BoundedTemplates {
    /// Takes the executable, its argument, and all variables that it is given.
    pub fn new(executable: OsString, role: &'static str, environment: Environment, bounds: Bounds) -> Self {
        Self { executable, role, environment, bounds }
    }
}

#[async_trait]
impl Templates for BoundedTemplates {
    async fn render(&self, request: Vec<u8>) -> Result<Vec<u8>, Stopped> {
        let command = Command::new(&self.executable)
            .arg(self.role)
            .current_dir("/")
            .env(self.environment.clone())
            .stdin(request)
            .timeout(self.bounds.time)
            .stdout_limit(self.bounds.reply);
        match command.run().await {
            Ok(output) if !output.success() => Err(self.bounds.ending(output)),
            Ok(output) if output.stdout_truncated => Err(Stopped::Length { limit: self.bounds.reply }),
            Ok(output) => Ok(output.stdout),
            Err(Error::TimedOut { limit, .. }) => Err(Stopped::Time { limit }),
            Err(error) => Err(failed(&error)),
        }
    }
}
