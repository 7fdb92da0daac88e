//! Starts a child, feeds and drains it, and sees it to its end.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::future::Future;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::confinement::Isolation;
use releasekit_core::event::Event;

use rustix::process::Signal;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use tokio::time::timeout;

use crate::capture::{Captured, redact};
use crate::command::{Command, Confined, Input};
use crate::error::Error;
use crate::find::find;
use crate::group::{GRACE, Group};
use crate::orphans;
use crate::output::Output;
use crate::supervisor::{self, Order, Said};

/// How long the pipes of a child that has ended are read on, for what a child of its own still writes there.
const LINGER: Duration = Duration::from_secs(1);

/// How long a supervisor may take to end what it watches, whose own patience is a little less.
const LAST: Duration = Duration::from_secs(5);

/// Sets the permissions mask and becomes the program: the one thing a child needs that only a shell can set without
/// setting it for all of us. The words come as arguments and are never read as shell.
const WITH_UMASK: &str = "umask \"$1\" && shift && exec \"$@\"";

impl Command {
    /// Runs the program to its end.
    ///
    /// Fails with `ToolMissing` where it is not found, else with `ToolFailed` where it cannot be run or takes too
    /// long; another exit code than 0 is an [`Output`] to be looked at. Dropping the future ends the whole group,
    /// unless the command is protected.
    pub async fn run(self) -> Result<Output, Error> {
        let program = self.clean(&self.program);
        let args: Vec<String> = self.args.iter().map(|arg| self.clean(arg)).collect();
        tracing::debug!(program, ?args, folder = ?self.folder, "run");
        let not_run = |source| Error::NotRun { program: program.clone(), source };
        let path = self.path().ok_or_else(|| Error::NotFound { program: program.clone() })?;

        let mut stdout = Captured::new(self.stdout_limit);
        let mut stderr = Captured::new(self.stderr_limit);
        let ended = self.attend(&path, &mut stdout, &mut stderr).await.map_err(not_run)?;
        let (stderr, stderr_truncated) = stderr.finish(&self.secrets);
        let Some(status) = ended else {
            let stderr = String::from_utf8_lossy(&stderr).into_owned();
            return Err(Error::TimedOut { program, limit: self.timeout.unwrap_or_default(), stderr });
        };
        let mut output = Output::new(program, args, status);
        (output.stdout, output.stdout_truncated) = stdout.finish(&self.secrets);
        (output.stderr, output.stderr_truncated) = (stderr, stderr_truncated);
        Ok(output)
    }

    /// The file to run. A path that is relative is one from the folder it runs in.
    fn path(&self) -> Option<PathBuf> {
        match &self.folder {
            Some(folder) if Path::new(&self.program).components().count() > 1 => {
                find(std::path::absolute(folder.join(&self.program)).ok()?, &self.environment)
            }
            _ => find(&self.program, &self.environment),
        }
    }

    /// Starts the child and stays until it has ended; `None` where its time was over.
    async fn attend(
        &self,
        path: &Path,
        stdout: &mut Captured,
        stderr: &mut Captured,
    ) -> io::Result<Option<ExitStatus>> {
        let folder = self.folder.as_deref().ok_or_else(|| io::Error::other("no folder was named to run it in"))?;
        let mut files = if self.protected { Some(Files::create(folder)?) } else { None };
        let supervised = self.confined.as_ref().map(Supervised::of).transpose()?.flatten();
        // In namespaces nothing can outlive the first process.
        let watched = self.confined.as_ref().filter(|it| it.confinement.isolation != Isolation::Namespaces);
        let before = watched.and_then(|_| orphans::adopted());
        let mut child = {
            let mut children = orphans::children();
            let child = self.start(path, folder, files.as_ref(), supervised.as_ref())?;
            children.extend(child.id().and_then(|id| i32::try_from(id).ok()));
            child
        };
        let number = child.id().and_then(|id| i32::try_from(id).ok());
        let control = supervised.map(|it| it.ours);
        let mut group = Group::of(child.id(), self.protected).supervised(control.as_ref());
        let pipes = Pipes::take(&mut child, self.input.bytes());
        let mut ended = self.watch(&mut child, &group, before.as_ref(), pipes.drain(stdout, stderr)).await?;
        if self.confined.is_some() {
            group.signal(Signal::KILL);
        }
        group.release();
        orphans::children().retain(|child| Some(*child) != number);
        if let Some(confined) = &self.confined {
            let mut left = before.as_ref().map(orphans::end_strangers).unwrap_or_default();
            if let Some(control) = &control {
                let (status, more) = hear(supervisor::said(control))?;
                left.extend(more);
                ended = ended.map(|own| trusted(own, status)).transpose()?;
            }
            self.report(confined, &left);
        }
        if let Some(files) = &mut files {
            stdout.read_file(&mut files.stdout)?;
            stderr.read_file(&mut files.stderr)?;
        }
        Ok(ended)
    }

    fn start(
        &self,
        path: &Path,
        folder: &Path,
        files: Option<&Files>,
        supervised: Option<&Supervised<'_>>,
    ) -> io::Result<Child> {
        let mut command = self.program(path, supervised);
        command.args(&self.args).current_dir(folder).env_clear().envs(self.environment.iter());
        if supervised.is_none() {
            // A supervisor leads a session of its own.
            command.process_group(0);
        }
        if self.confined.is_some() && !matches!(self.input, Input::Nothing) {
            return Err(io::Error::other("a program that is kept apart reads nothing"));
        }
        command.stdin(match (supervised, &self.input) {
            (Some(supervised), _) => OwnedFd::from(supervised.theirs.try_clone()?).into(),
            (None, Input::Nothing) => Stdio::null(),
            (None, Input::Bytes(_)) => Stdio::piped(),
            (None, Input::Held(file)) => file.try_clone()?.into(),
        });
        match files {
            Some(files) => command.stdout(files.stdout.try_clone()?).stderr(files.stderr.try_clone()?),
            None => command.stdout(Stdio::piped()).stderr(Stdio::piped()),
        };
        command.spawn()
    }

    /// The program itself, or what is to become it, without its arguments.
    fn program(&self, path: &Path, supervised: Option<&Supervised<'_>>) -> tokio::process::Command {
        if let Some(Supervised { executable, confined, .. }) = supervised {
            let mut command = child(executable);
            let order = Order {
                confinement: &confined.confinement,
                workplace: confined.workplace.as_ref(),
                environment: &self.environment,
                umask: self.umask,
                program: path.as_os_str(),
            };
            command.args(order.arguments());
            return command;
        }
        let Some(mask) = self.umask else { return child(path) };
        let mut command = child(Path::new("/bin/sh"));
        command.args(["-c", WITH_UMASK, "sh", &format!("{mask:04o}")]).arg(path);
        command
    }

    /// Warns of what had to be ended.
    fn report(&self, confined: &Confined, left: &[String]) {
        if left.is_empty() {
            return;
        }
        let what = self.clean(&self.program);
        let left: Vec<String> = left.iter().map(|name| format!("`{}`", self.clean(name.as_ref()))).collect();
        let message = format!("`{what}` left processes behind, which were ended: {}", left.join(", "));
        confined.reporter.report(Event::Warning { code: None, message, help: None });
    }

    async fn watch(
        &self,
        child: &mut Child,
        group: &Group,
        before: Option<&BTreeSet<i32>>,
        drain: impl Future<Output = io::Result<()>>,
    ) -> io::Result<Option<ExitStatus>> {
        let mut drain = pin!(drain);
        let mut open = true;
        let limit = self.timeout.unwrap_or(Duration::MAX);
        let ended = if let Ok(status) = timeout(limit, wait(child, drain.as_mut(), &mut open)).await {
            Some(status?)
        } else {
            group.signal(Signal::TERM);
            let gone = timeout(GRACE, wait(child, drain.as_mut(), &mut open)).await;
            // Also where the child itself has ended: its own children may not have.
            group.signal(Signal::KILL);
            if gone.is_err() && timeout(LAST, wait(child, drain.as_mut(), &mut open)).await.is_err() {
                // Only a supervisor that was stopped or is traced gets here; whoever traces it has to end first.
                child.start_kill()?;
                if let Some(before) = before {
                    orphans::end_strangers(before);
                }
                let _late = timeout(LAST, child.wait()).await;
            }
            None
        };
        if open && let Ok(drained) = timeout(LINGER, drain).await {
            drained?;
        }
        Ok(ended)
    }

    fn clean(&self, text: &OsStr) -> String {
        let bytes = redact(text.to_string_lossy().into_owned().into_bytes(), &self.secrets);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the place that runs programs, after which the ban sends others")]
fn child(program: &Path) -> tokio::process::Command {
    tokio::process::Command::new(program)
}

impl Input {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Nothing | Self::Held(_) => &[],
        }
    }
}

/// Waits for the child while its pipes are drained, so that a full pipe never stops it.
async fn wait(
    child: &mut Child,
    mut drain: Pin<&mut impl Future<Output = io::Result<()>>>,
    open: &mut bool,
) -> io::Result<ExitStatus> {
    loop {
        tokio::select! {
            status = child.wait() => return status,
            drained = &mut drain, if *open => {
                *open = false;
                drained?;
            }
        }
    }
}

/// Our ends of a child's pipes; a protected child has none for its output.
#[derive(Debug)]
struct Pipes<'a> {
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    input: &'a [u8],
}

impl<'a> Pipes<'a> {
    fn take(child: &mut Child, input: &'a [u8]) -> Self {
        Self { stdin: child.stdin.take(), stdout: child.stdout.take(), stderr: child.stderr.take(), input }
    }

    async fn drain(self, stdout: &mut Captured, stderr: &mut Captured) -> io::Result<()> {
        let Self { stdin, stdout: out, stderr: err, input } = self;
        let feed = async {
            match stdin {
                Some(mut pipe) => may_close_early(pipe.write_all(input).await),
                None => Ok(()),
            }
        };
        let out = async {
            match out {
                Some(pipe) => stdout.drain(pipe).await,
                None => Ok(()),
            }
        };
        let err = async {
            match err {
                Some(pipe) => stderr.drain(pipe).await,
                None => Ok(()),
            }
        };
        let (feed, out, err) = tokio::join!(feed, out, err);
        feed.and(out).and(err)
    }
}

/// A child need not read all it is given; what it makes of that its exit code says.
fn may_close_early(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// What a supervisor saw: how the program ended, where it ended by itself, and who had to be ended.
fn hear(all: Vec<Said>) -> io::Result<(Option<ExitStatus>, Vec<String>)> {
    let (mut status, mut left) = (None, Vec::new());
    for said in all {
        match said {
            Said::Exit(code) => status = Some(ExitStatus::from_raw(code << 8)),
            Said::Signal(signal) => status = Some(ExitStatus::from_raw(signal)),
            Said::Ended(name) => left.push(name),
            Said::Failed(why) => return Err(io::Error::other(why)),
        }
    }
    Ok((status, left))
}

/// How the program ended, as a supervisor said that came to its own end as it should: what is said in the name of one that
/// was ended counts for nothing.
fn trusted(own: ExitStatus, said: Option<ExitStatus>) -> io::Result<ExitStatus> {
    match said {
        Some(status) if own.success() => Ok(status),
        _ => Err(io::Error::other("the process that watched it was ended")),
    }
}

/// What a child is started with that a supervisor watches: the two ends of their socket.
#[derive(Debug)]
struct Supervised<'a> {
    executable: &'a Path,
    confined: &'a Confined,
    ours: Arc<UnixStream>,
    theirs: UnixStream,
}

impl<'a> Supervised<'a> {
    /// `None` where there is no supervisor to be had.
    fn of(confined: &'a Confined) -> io::Result<Option<Self>> {
        let Some(executable) = confined.confinement.supervisor.as_deref() else { return Ok(None) };
        let (ours, theirs) = UnixStream::pair()?;
        Ok(Some(Self { executable, confined, ours: Arc::new(ours), theirs }))
    }
}

/// Where a protected child writes: files without a name, that need no reader.
#[derive(Debug)]
struct Files {
    stdout: File,
    stderr: File,
}

impl Files {
    fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self { stdout: tempfile::tempfile_in(folder)?, stderr: tempfile::tempfile_in(folder)? })
    }
}
