//! From the arguments to the exit code.

use std::any::Any;
use std::ffi::OsString;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use clap::error::ErrorKind as ClapKind;
use releasekit_core::{Backends, Environment};
use releasekit_process::supervisor;

use crate::answer::Answer;
use crate::args::{Cli, Command};
use crate::command;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::handover;
use crate::invocation::{Invocation, Restart};
use crate::options::Globals;
use crate::screen::Screen;
use crate::signals::Signals;
use crate::templates;
use crate::trace::Trace;
use crate::world::{self, World};

/// How long calls that cannot be stopped are waited for after a signal.
const PATIENCE: Duration = Duration::from_secs(2);

type Change = Box<dyn FnOnce(Backends) -> Backends>;

/// Runs releasekit's commands over a set of backends.
pub struct Runner {
    changes: Vec<Change>,
}

impl Runner {
    /// Starts with the built-in backends.
    pub fn new() -> Self {
        let built_in = |mut backends: Backends| {
            crate::backends::register(&mut backends);
            backends
        };
        Self { changes: vec![Box::new(built_in)] }
    }

    /// Registers further backends. One whose name is taken is a bug, with which every command ends; [`Runner::map_backends`]
    /// takes the other out first.
    #[must_use]
    pub fn with_backends(self, register: impl FnOnce(&mut Backends) + 'static) -> Self {
        self.map_backends(|mut backends| {
            register(&mut backends);
            backends
        })
    }

    /// Replaces or wraps what has been registered so far.
    #[must_use]
    pub fn map_backends(mut self, change: impl FnOnce(Backends) -> Backends + 'static) -> Self {
        self.changes.push(Box::new(change));
        self
    }

    /// Runs the command that this process was started with. To be called before anything else, while there is one thread.
    ///
    /// A command that runs code of the repository starts the process again without secrets in its environment block, and
    /// starts its executable as the supervisor of such code; one that needs a changelog template of the repository starts it
    /// as the process that renders that. This method plays those parts too.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads arguments and environment of the process")]
    pub fn main(self) -> ExitCode {
        let args: Vec<OsString> = std::env::args_os().collect();
        if let Some(code) = supervisor::play(&args).or_else(|| templates::play(&args)) {
            return code;
        }
        self.begin(args, std::env::vars_os().collect(), true)
    }

    /// Runs a command. The first argument is the name of the program.
    ///
    /// Takes the process over as far as a command needs it: stdin, stdout and stderr, the panic hook, and the signals
    /// SIGINT and SIGTERM. Code of the repository is ended with its process group, and not kept apart otherwise, and a
    /// changelog template of the repository is refused: both take [`Runner::main`].
    pub fn run(self, args: impl IntoIterator<Item = OsString>, environment: Environment) -> ExitCode {
        self.begin(args.into_iter().collect(), environment, false)
    }

    fn begin(self, args: Vec<OsString>, environment: Environment, owns_process: bool) -> ExitCode {
        let started = Instant::now();
        let cli = match Cli::try_parse_from(&args) {
            Ok(cli) => cli,
            Err(error) => return refuse(&error, &args, &environment, started).into(),
        };
        let restart = Restart::of(cli.command.as_ref().is_some_and(Command::runs_code), owns_process);
        let taken = if restart == Restart::AsSupervisor {
            handover::take(environment.clone(), &args)
        } else {
            Ok(environment.clone())
        };
        let environment = match taken {
            Ok(environment) => environment,
            Err(source) => {
                let error = Error::Runtime { what: "start without secrets", source };
                Screen::new(&cli.globals, &environment, started).error(&error);
                return Exit::of(&error).into();
            }
        };
        let screen = Arc::new(Screen::new(&cli.globals, &environment, started));
        report_panics(&screen);
        let changes = self.changes;
        let run = AssertUnwindSafe(|| {
            let backends = changes.into_iter().fold(Backends::default(), |backends, change| change(backends));
            run(cli, backends, &screen, environment, restart)
        });
        // The hook has reported the panic.
        panic::catch_unwind(run).unwrap_or(Exit::Bug).into()
    }
}

impl Default for Runner {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").field("changes", &self.changes.len()).finish()
    }
}

fn run(cli: Cli, backends: Backends, screen: &Arc<Screen>, environment: Environment, restart: Restart) -> Exit {
    let answer = World::of_process(environment.clone(), cli.globals.directory.as_deref())
        .and_then(|world| answer(cli, Invocation::new(world, backends, screen.clone(), restart)));
    let printed = answer.and_then(|answer| {
        world::print(&answer.stdout, &environment)?;
        Ok(answer)
    });
    match printed {
        Ok(answer) => {
            answer.errors.iter().for_each(|error| screen.error(error.as_ref()));
            answer.exit
        }
        Err(error) => {
            screen.error(&error);
            Exit::of(&error)
        }
    }
}

/// Runs the command: at once where it needs neither repository nor network, else on a runtime that signals can stop.
fn answer(cli: Cli, invocation: Invocation) -> Result<Answer> {
    let Cli { globals, overview, command } = cli;
    let command = match command::at_once(command, &overview, &invocation)? {
        command::Next::Answered(answer) => return Ok(answer),
        command::Next::Continue(command) => command,
    };
    trace(&globals, &invocation.screen);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|source| Error::Runtime { what: "thread", source })?;
    let done = runtime.block_on(async {
        let signals = Signals::take()?;
        signals.until(command::run(command, overview, &invocation, &globals), &invocation.stopping).await
    });
    runtime.shutdown_timeout(PATIENCE);
    done
}

fn trace(globals: &Globals, screen: &Arc<Screen>) {
    if globals.verbose {
        // Fails only where a program around us traces already, and then it sees everything.
        let _ = tracing::subscriber::set_global_default(Trace(screen.clone()));
    }
}

/// Shows help or the version on stdout, or on stderr what is wrong with the command line.
fn refuse(error: &clap::Error, args: &[OsString], environment: &Environment, started: Instant) -> Exit {
    let text = error.render().ansi().to_string();
    if matches!(error.kind(), ClapKind::DisplayHelp | ClapKind::DisplayVersion) {
        return world::print(&text, environment).map_or(Exit::Failed, |()| Exit::Done);
    }
    let error = wrong_arguments(&anstream::adapter::strip_str(&text).to_string());
    Screen::of_arguments(args, environment, started).error(&error);
    Exit::of(&error)
}

/// What the parser says, as an error of ours: the first paragraph is what is wrong, and its tip or the usage helps.
fn wrong_arguments(text: &str) -> Error {
    let text = text.replace('\'', "`");
    let mut paragraphs = text.split("\n\n").map(str::trim);
    let said = paragraphs.next().unwrap_or_default().trim_start_matches("error: ");
    let message = said.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let rest: Vec<&str> = paragraphs.collect();
    let starting = |start: &str| rest.iter().find(|text| text.starts_with(start)).copied();
    let tip = starting("tip: ").map(|tip| tip.trim_start_matches("tip: "));
    let help = tip.or(starting("Usage: ")).map(|text| text.replace("Usage: ", "usage: "));
    Error::Arguments { message, help: help.or(Some("`--help` lists what there is".to_owned())) }
}

/// Reports a panic as the bug that it is, in the form in which errors are reported.
fn report_panics(screen: &Arc<Screen>) {
    let screen = screen.clone();
    panic::set_hook(Box::new(move |info| {
        let place = info.location().map_or_else(String::new, |place| format!(" at {}:{}", place.file(), place.line()));
        screen.error(&Error::Bug { message: format!("{}{place}", payload(info.payload())) });
    }));
}

fn payload(payload: &dyn Any) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("panic")
}
