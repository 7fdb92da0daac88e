//! Starts a child, feeds and drains it, and sees it to its end.

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
use crate::output::Output;
use crate::supervisor::{self, Said};

/// How long the pipes of a child that has ended are read on, for what a child of its own still writes there.
const LINGER: Duration = Duration::from_secs(1);

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
        let mut child = self.start(path, folder, files.as_ref(), supervised.as_ref())?;
        let control = supervised.map(|it| it.ours);
        let mut group = Group::of(child.id(), self.protected).supervised(control.as_ref());
        let pipes = Pipes::take(&mut child, self.input.bytes());
        let mut ended = self.watch(&mut child, &group, pipes.drain(stdout, stderr)).await?;
        if self.confined.is_some() {
            group.signal(Signal::KILL);
        }
        group.release();
        if let (Some(control), Some(confined)) = (&control, &self.confined) {
            let status = self.hear(confined, supervisor::said(control))?;
            ended = ended.map(|own| status.unwrap_or(own));
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
        supervised: Option<&Supervised>,
    ) -> io::Result<Child> {
        let mut command = self.program(path, supervised);
        command.args(&self.args).current_dir(folder).env_clear().envs(self.environment.iter()).process_group(0);
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
    fn program(&self, path: &Path, supervised: Option<&Supervised>) -> tokio::process::Command {
        if let Some(Supervised { executable, isolation, lock, .. }) = supervised {
            let mut command = child(executable);
            let lock = lock.as_deref().map(Path::as_os_str);
            command.args(supervisor::arguments(*isolation, lock, self.umask, path.as_os_str()));
            return command;
        }
        let Some(mask) = self.umask else { return child(path) };
        let mut command = child(Path::new("/bin/sh"));
        command.args(["-c", WITH_UMASK, "sh", &format!("{mask:04o}")]).arg(path);
        command
    }

    /// What the supervisor saw: how the program ended, where it ended by itself, and who had to be ended.
    fn hear(&self, confined: &Confined, all: Vec<Said>) -> io::Result<Option<ExitStatus>> {
        let mut status = None;
        let mut left = Vec::new();
        for said in all {
            match said {
                Said::Exit(code) => status = Some(ExitStatus::from_raw(code << 8)),
                Said::Signal(signal) => status = Some(ExitStatus::from_raw(signal)),
                Said::Ended(name) => left.push(format!("`{}`", self.clean(name.as_ref()))),
                Said::Failed(why) => return Err(io::Error::other(why)),
            }
        }
        if !left.is_empty() {
            let what = self.clean(&self.program);
            let message = format!("`{what}` left processes behind, which were ended: {}", left.join(", "));
            confined.reporter.report(Event::Warning { code: None, message, help: None });
        }
        Ok(status)
    }

    async fn watch(
        &self,
        child: &mut Child,
        group: &Group,
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
            if gone.is_err() {
                wait(child, drain.as_mut(), &mut open).await?;
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

/// What a child is started with that a supervisor watches: the two ends of their socket.
#[derive(Debug)]
struct Supervised {
    executable: PathBuf,
    isolation: Isolation,
    lock: Option<PathBuf>,
    ours: Arc<UnixStream>,
    theirs: UnixStream,
}

impl Supervised {
    /// `None` where there is no supervisor to be had.
    fn of(confined: &Confined) -> io::Result<Option<Self>> {
        let Some(executable) = confined.confinement.supervisor.clone() else { return Ok(None) };
        let (ours, theirs) = UnixStream::pair()?;
        let (isolation, lock) = (confined.confinement.isolation, confined.lock.clone());
        Ok(Some(Self { executable, isolation, lock, ours: Arc::new(ours), theirs }))
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
