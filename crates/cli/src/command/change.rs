//! `change`: files that say which packages change, how far, and what that means for their users.

mod status;

use clap::Subcommand;
use releasekit_core::event::{Event, Reporter};
use releasekit_core::model::Bump;
use releasekit_core::policy::BumpSource;
use releasekit_engine::Snapshot;
use releasekit_engine::change_files::{self, Ask};

use crate::answer::Answer;
use crate::codes;
use crate::error::{Error, Result};
use crate::invocation::Invocation;
use crate::options::Globals;
use crate::render::style::{Meaning, clean};

/// Write change files, and see what they ask for
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Add(Add),
    Status(status::Options),
}

/// Write a file that says which packages change, how far, and what that means for their users
///
/// The file lies in `.changeset`, is committed with the change, and is what changesets writes. `prepare` moves the packages, takes
/// the text for their notes, and deletes the file in the release commit.
#[derive(Debug, clap::Args)]
struct Add {
    /// Name a package and how far it moves
    #[arg(value_names = ["NAME", "LEVEL"], num_args = 2)]
    package: Vec<String>,
    /// Name a package and how far it moves, once for each
    #[arg(long = "package", value_name = "NAME=LEVEL")]
    packages: Vec<String>,
    /// Say what changed, in Markdown
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    /// Say that nobody needs to hear of the change
    #[arg(long, conflicts_with_all = ["package", "packages"])]
    empty: bool,
}

/// Writes a file, or looks at those that are there.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    match &options.command {
        Command::Add(options) => add(options, invocation, globals).await,
        Command::Status(options) => status::run(options, invocation, globals).await,
    }
}

async fn add(options: &Add, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let named = options.named()?;
    let opened = invocation.open(globals, None).await?;
    let snapshot = opened.work_tree().await?;
    let mut asks: Vec<Ask> = Vec::new();
    for (name, bump) in named {
        let member = snapshot.discovery.find(name)?;
        if asks.iter().any(|ask| ask.member == member) {
            return Err(wrong(format!("`{name}` is named twice"), "name each package once"));
        }
        asks.push(Ask { member, bump });
    }
    let text = options.message.as_deref().unwrap_or_default();
    let edit = change_files::draft(snapshot.tree.as_ref(), &snapshot.discovery, &asks, text)?;
    opened.session.vcs.write_work_tree(std::slice::from_ref(&edit)).await?;
    warn_where_unread(&snapshot, invocation);
    let verb = if globals.dry_run { "would be written" } else { "written; commit it with the change" };
    let content = String::from_utf8_lossy(edit.content.as_deref().unwrap_or_default()).into_owned();
    let shown: String = content.lines().map(|line| format!("  {}\n", clean(line)).replace("  \n", "\n")).collect();
    Ok(Answer::new(format!("{} {verb}\n{shown}", Meaning::Strong.paint(edit.path.as_str()))))
}

fn warn_where_unread(snapshot: &Snapshot, invocation: &Invocation) {
    let code = codes::CHANGE_FILES_UNREAD;
    if !snapshot.policy.counts(BumpSource::ChangeFiles) && !snapshot.policy.settles(code) {
        let message = "change files do not count here, so no plan will read this one".to_owned();
        invocation.screen.report(Event::Warning { code: Some(code), message, help: code.help().map(str::to_owned) });
    }
}

impl Add {
    /// The packages that are named, each with its level.
    fn named(&self) -> Result<Vec<(&str, Bump)>> {
        let mut named = Vec::new();
        if let [name, word] = self.package.as_slice() {
            named.push((name.as_str(), level(word)?));
        }
        for text in &self.packages {
            let parts = text.rsplit_once('=').filter(|(name, _)| !name.is_empty());
            let (name, word) = parts.ok_or_else(|| {
                wrong(format!("`{text}` is no `NAME=LEVEL`"), "write the level after a `=`, as in `demo=minor`")
            })?;
            named.push((name, level(word)?));
        }
        if named.is_empty() && !self.empty {
            let help = "name a package with its level, as in `releasekit change add demo minor --message \"What changed\"`, or say `--empty`";
            return Err(wrong("no package is named", help));
        }
        if !self.empty && self.message.as_deref().unwrap_or_default().trim().is_empty() {
            return Err(wrong(
                "nothing says what changed",
                "say it with `--message`: it is what users read in the changelog",
            ));
        }
        Ok(named)
    }
}

/// How far a change file may ask packages to move.
const LEVELS: [Bump; 4] = [Bump::Major, Bump::Minor, Bump::Patch, Bump::None];

fn level(word: &str) -> Result<Bump> {
    let known = LEVELS.into_iter().find(|bump| bump.as_str() == word);
    let words = LEVELS.map(|bump| format!("`{bump}`")).join(", ");
    known.ok_or_else(|| wrong(format!("`{word}` is no level"), format!("it is one of {words}")))
}

fn wrong(message: impl Into<String>, help: impl Into<String>) -> Error {
    Error::Arguments { message: message.into(), help: Some(help.into()) }
}
