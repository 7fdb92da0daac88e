//! Stderr: progress, warnings and errors as they happen, for people or for programs.

use std::ffi::OsString;
use std::fmt::Arguments;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anstream::{AutoStream, ColorChoice};
use releasekit_core::event::{Event, Reporter};
use releasekit_core::{Diagnostic, Environment, Redactor};
use serde_json::{Map, Value};

use crate::error::Result;
use crate::options::{Globals, LogFormat};
use crate::render::event::{self, Verbosity};
use crate::render::names::Names;
use crate::render::style::{Meaning, harmless};
use crate::render::{diagnostic, json};
use crate::world;

/// Writes to stderr. What cannot be written is dropped: there is no other place to say so.
#[derive(Debug)]
pub(crate) struct Screen {
    format: LogFormat,
    verbosity: Verbosity,
    color: ColorChoice,
    started: Instant,
    secrets: Redactor,
    /// How many columns the terminal has that it is; `None` where it is none.
    width: Option<usize>,
    /// Of how many labels the packages are; several where nobody has said.
    labels: AtomicUsize,
}

/// More than one.
const SEVERAL: usize = 2;

impl Screen {
    /// Writes as the options say.
    pub(crate) fn new(globals: &Globals, environment: &Environment, started: Instant) -> Self {
        let verbosity = match (globals.quiet, globals.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        };
        let color = world::color(environment, io::stderr().is_terminal());
        let secrets = world::secrets(environment).without_short();
        let width = world::width_of(io::stderr());
        Self { format: globals.log_format, verbosity, color, started, secrets, width, labels: SEVERAL.into() }
    }

    /// Writes as arguments say that cannot be understood as a whole.
    pub(crate) fn of_arguments(args: &[OsString], environment: &Environment, started: Instant) -> Self {
        let apart = args.windows(2).any(|pair| pair[0] == "--log-format" && pair[1] == "json");
        let json = apart || args.iter().any(|arg| arg == "--log-format=json");
        let color = world::color(environment, io::stderr().is_terminal());
        let format = if json { LogFormat::Json } else { LogFormat::Text };
        let (secrets, width, labels) = (Redactor::new(), world::width_of(io::stderr()), SEVERAL.into());
        Self { format, verbosity: Verbosity::Normal, color, started, secrets, width, labels }
    }

    /// Shows an error.
    pub(crate) fn error(&self, error: &dyn Diagnostic) {
        match self.format {
            LogFormat::Text => self.write(&diagnostic::error(error, self.is_verbose(), self.width)),
            LogFormat::Json => event::error_objects(error).into_iter().for_each(|object| self.write_object(object)),
        }
    }

    /// Shows what only those want to see who asked for it.
    pub(crate) fn debug(&self, message: Arguments<'_>) {
        let message = message.to_string();
        match self.format {
            LogFormat::Text => self.write(&format!("{}\n", Meaning::Faint.paint(&message))),
            LogFormat::Json => {
                let fields = [("event", "debug".to_owned()), ("message", message)];
                self.write_object(fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect());
            }
        }
    }

    /// Asks a question; only `y` and `yes` are yes.
    pub(crate) fn ask(&self, question: &str) -> Result<bool> {
        self.write(&format!("{question} [y/N] "));
        Ok(matches!(world::read_line()?.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Whether everything is wanted.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbosity == Verbosity::Verbose
    }

    fn write_object(&self, mut object: Map<String, Value>) {
        let elapsed = self.started.elapsed().as_millis() as f64 / 1000.0;
        object.insert("elapsed".to_owned(), elapsed.into());
        self.write(&format!("{}\n", json::escaped(&Value::Object(object).to_string())));
    }

    /// Whatever was taken out where a tool was quoted: no secret that we know passes here, and nothing that commands a
    /// terminal but our own colours.
    fn write(&self, text: &str) {
        let text = harmless(&self.secrets.known(text));
        let _ = AutoStream::new(io::stderr().lock(), self.color).write_all(text.as_bytes());
    }
}

impl Reporter for Screen {
    fn report(&self, event: Event) {
        if let Event::Labels(count) = event {
            return self.labels.store(count, Ordering::Relaxed);
        }
        match self.format {
            LogFormat::Json => self.write_object(event::object(&event)),
            LogFormat::Text => {
                let names = Names::of_count(self.labels.load(Ordering::Relaxed));
                if let Some(line) = event::line(&event, names, self.verbosity, self.width) {
                    self.write(&line);
                }
            }
        }
    }
}
