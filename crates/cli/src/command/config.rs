//! `config show`: every key with its value, and where each came from.

use clap::Subcommand;
use releasekit_config::{Origin, Setting};

use crate::answer::Answer;
use crate::error::Result;
use crate::invocation::Invocation;
use crate::options::{Format, Globals};
use crate::render::json;
use crate::render::style::Meaning;
use crate::render::table::{Cell, table};

/// Look at the configuration
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print every key with its value
    Show {
        /// Say where each value came from
        #[arg(long)]
        origin: bool,
        /// Choose the format
        #[arg(long, default_value = "table")]
        format: Format,
    },
}

/// Shows the configuration of the work tree, after checking the names in it against the packages there are.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let opened = invocation.open(globals, None).await?;
    opened.discover().await?;
    let settings = &opened.policies.configuration().settings;
    let Command::Show { origin, format } = options.command;
    Ok(Answer::new(match (format, origin) {
        (Format::Table, false) => settings.iter().map(line).collect(),
        (Format::Table, true) => rows(settings),
        (Format::Json, _) => document(settings, origin),
    }))
}

fn line(setting: &Setting) -> String {
    format!("{} = {}\n", Meaning::Strong.paint(&setting.key), Meaning::Plain.paint(&setting.rendered()))
}

fn rows(settings: &[Setting]) -> String {
    let row = |setting: &Setting| {
        let (origin, meaning) = match &setting.origin {
            Origin::Default => ("default".to_owned(), Meaning::Faint),
            Origin::File { path, line } => (format!("{path}:{line}"), Meaning::Good),
        };
        let key = Cell::new(&setting.key, Meaning::Strong);
        vec![key, Cell::from(setting.rendered()), Cell::new(origin, meaning)]
    };
    table(&["KEY", "VALUE", "ORIGIN"], &settings.iter().map(row).collect::<Vec<_>>())
}

fn document(settings: &[Setting], origin: bool) -> String {
    let entry = |setting: &Setting| {
        let mut entry = serde_json::json!({"key": setting.key, "value": setting.value});
        if origin {
            entry["origin"] = serde_json::json!(setting.origin);
        }
        entry
    };
    let settings: Vec<_> = settings.iter().map(entry).collect();
    json::pretty(&serde_json::json!({"schema": 1, "settings": settings}))
}
