//! `prepare`: the plan of HEAD as a pushed release branch, with a pull request that asks to merge it.

use releasekit_core::Diagnostic;
use releasekit_core::model::Bump;
use releasekit_core::words::count;
use releasekit_engine::Error;
use releasekit_engine::bump::Asked;
use releasekit_engine::plan::ReleasePlan;
use releasekit_engine::prepare::{self, PlanOptions, PrepareOptions, Prepared, Proposed};
use releasekit_engine::request::{Leftover, Opened, Request, Shown as RequestShown};
use serde::Serialize;

use crate::answer::Answer;
use crate::error::Result;
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::next::CommandLine;
use crate::options::{Asking, ForgeUse, Format, Globals, State};
use crate::render::plan::Shown;
use crate::render::style::{Meaning, clean};
use crate::render::{absence, json};

/// Write versions, changelogs and lockfiles to a release branch, push it, and open a pull request
///
/// The branch is made anew from HEAD each time; commits that others added to it stay on top, and so does what people wrote
/// in the pull request. Neither the work tree nor the index is touched.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
    /// Plan anew over a merged release that has not been tagged yet, and replace it
    #[arg(long)]
    supersede: bool,
    /// Open a pull request although people closed the one for the same plan
    #[arg(long)]
    reopen: bool,
    /// Exit with 4 when there is nothing to release, or people closed the pull request of it
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    asking: Asking,
    #[command(flatten)]
    forge: ForgeUse,
    #[command(flatten)]
    state: State,
}

/// Prepares the release of HEAD.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let mut opened = invocation.open(globals, Some(&options.state)).await?;
    opened.session.no_forge = options.forge.no_forge;
    opened.check_head().await?;
    // Held until the end: one run at a time in a clone.
    let cancel = invocation.stopping.cancel();
    let _state = invocation.state(&opened.session, "prepare", globals, &cancel).await?;
    let Asked { graduate, bump, force_unchanged, group, ungrouped } = options.asking.asked();
    let plan = PlanOptions { supersede: options.supersede, graduate, bump, force_unchanged, group, ungrouped };
    let asked = PrepareOptions { plan, reopen: options.reopen };
    let (mut all, mut refused) = (Vec::new(), Vec::new());
    for outcome in cancel.or(prepare::all(&opened.session, asked)).await?? {
        match outcome {
            Ok(prepared) => all.push(prepared),
            Err(error) => refused.push(error),
        }
    }
    if all.is_empty() {
        Error::together(refused).map_or(Ok(()), Err)?;
        refused = Vec::new();
    }
    let next = |prepared: &Prepared| options.next(prepared.proposed.as_ref(), &prepared.request, globals);
    let text = match options.format {
        Format::Table => {
            let text = |prepared: &Prepared| {
                let plan = Shown::of(&prepared.planned, invocation.world.width).summary();
                text(plan, prepared, next(prepared).as_deref(), globals.dry_run)
            };
            told(&all).into_iter().map(text).collect::<Vec<_>>().join("\n")
        }
        Format::Json => json::of_releases(all.iter().map(|it| document(it, next(it), globals.dry_run)).collect()),
    };
    let nothing = refused.is_empty() && all.iter().all(|prepared| prepared.proposed.is_none());
    let failed = Exit::several(refused.iter().map(|error| Exit::of(error)), false);
    let mut answer = Answer::new(text).with_exit(failed).nothing_if(options.exit_code, nothing);
    answer.errors.extend(refused.into_iter().map(|error| Box::new(error) as Box<dyn Diagnostic>));
    Ok(answer)
}

/// Those of several runs of which there is something to tell; the first where there is nothing of any.
fn told(all: &[Prepared]) -> Vec<&Prepared> {
    let is_told =
        |it: &&Prepared| it.proposed.is_some() || matches!(it.request, Request::Declined(..) | Request::Withdrawn(..));
    let told: Vec<&Prepared> = all.iter().filter(is_told).collect();
    if told.is_empty() { all.iter().take(1).collect() } else { told }
}

impl Options {
    fn next(&self, proposed: Option<&Proposed>, request: &Request, globals: &Globals) -> Option<String> {
        let command = |name| CommandLine::new(name, globals).forge(self.forge).state(&self.state);
        let again = |reopen| self.again(command("prepare"), reopen).as_str().to_owned();
        if let Request::Declined(..) = request {
            return Some(format!("`{}`, if it is to be released after all", again(true)));
        }
        let proposed = proposed?;
        let changes = !matches!(request, Request::Unasked { .. } | Request::Open(_, Opened::Unchanged));
        if globals.dry_run && (proposed.pushed || changes) {
            return Some(again(self.reopen));
        }
        let merge = match request {
            Request::Open(shown, _) => format!("merge {}", shown.url),
            Request::Unasked { page: Some(page), .. } => format!("open a pull request on {page} and merge it"),
            _ => format!("merge `{}`", proposed.branch),
        };
        Some(format!("{merge}, then run `{}`", command("release").as_str()))
    }
}

impl Options {
    /// A command that asks for the same.
    fn again(&self, command: CommandLine, reopen: bool) -> CommandLine {
        let Asking { graduate, bump, force_unchanged, group } = &self.asking;
        let command = command.flag("--supersede", self.supersede).flag("--reopen", reopen);
        let command = command.option("--bump", bump.map(Bump::as_str));
        let command = command.options("--group", group);
        // Last, for what follows is taken for a name.
        let command = command.flag("--force-unchanged", *force_unchanged).flag("--graduate", graduate.is_some());
        graduate.iter().flatten().fold(command, |command, name| command.flag(name, true))
    }
}

fn text(plan: String, prepared: &Prepared, next: Option<&str>, dry_run: bool) -> String {
    let Prepared { proposed, request, .. } = prepared;
    let branch = proposed.as_ref().map(|proposed| branch(proposed, dry_run));
    let request = match request {
        Request::Unasked { absence, .. } if proposed.is_some() => {
            absence::words(absence).map(|why| format!("no pull request: {why}"))
        }
        request => said(request, dry_run),
    };
    let lines = branch.into_iter().chain(request.map(|line| clean(&line) + "\n")).collect::<String>();
    let gap = if lines.is_empty() { "" } else { "\n" };
    format!("{plan}{gap}{lines}{}", next.map(crate::next::line).unwrap_or_default())
}

fn branch(proposed: &Proposed, dry_run: bool) -> String {
    let branch = Meaning::Strong.paint(proposed.branch.as_str());
    let state = match (dry_run, proposed.pushed) {
        (true, true) => "would be pushed",
        (false, true) => "pushed",
        (_, false) => "unchanged",
    };
    let mut text = format!("{branch} at {}: {state}\n", proposed.commit.short());
    if !proposed.replayed.is_empty() {
        text.push_str(&format!("{} of others kept on top\n", count(proposed.replayed.len(), "commit")));
    }
    text
}

/// What became of the pull request, in one line; nothing where there is none.
fn said(request: &Request, dry_run: bool) -> Option<String> {
    let done = |what: &str| if dry_run { format!("would be {what}") } else { what.to_owned() };
    Some(match request {
        Request::Open(shown, Opened::Created) if dry_run => format!("a pull request would be opened: {}", shown.url),
        Request::Open(shown, Opened::Created) => format!("{} opened: {}", numbered(shown), shown.url),
        Request::Open(shown, Opened::Updated) => format!("{} {}: {}", numbered(shown), done("updated"), shown.url),
        Request::Open(shown, Opened::Unchanged) => format!("{} unchanged: {}", numbered(shown), shown.url),
        Request::Declined(shown, by) => {
            let by = by.as_ref().map_or_else(|| "people".to_owned(), |by| format!("`{by}`"));
            format!("nothing was pushed: {by} closed {} of the same versions, {}", numbered(shown), shown.url)
        }
        Request::Withdrawn(shown, leftover) => {
            let branch = match leftover {
                Leftover::Gone => String::new(),
                Leftover::Deleted => format!(", its branch {}", done("deleted")),
                Leftover::Kept => ", its branch kept for the commits of others".to_owned(),
            };
            format!("{} {}{branch}: {}", numbered(shown), done("closed"), shown.url)
        }
        _ => return None,
    })
}

fn numbered(shown: &RequestShown) -> String {
    shown.number.map_or_else(|| "the pull request".to_owned(), |number| format!("pull request {number}"))
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    dry_run: bool,
    branch: Option<&'a str>,
    commit: Option<&'a str>,
    pushed: bool,
    pull_request: Option<PullRequest<'a>>,
    /// Why no forge was asked.
    no_forge: Option<&'static str>,
    plan: &'a ReleasePlan,
    next: Option<String>,
}

#[derive(Serialize)]
struct PullRequest<'a> {
    outcome: &'static str,
    number: Option<u64>,
    url: &'a str,
    closed_by: Option<&'a str>,
}

impl<'a> PullRequest<'a> {
    fn of(request: &'a Request) -> Option<Self> {
        let (outcome, shown, closed_by) = match request {
            Request::Open(shown, Opened::Created) => ("opened", shown, None),
            Request::Open(shown, Opened::Updated) => ("updated", shown, None),
            Request::Open(shown, Opened::Unchanged) => ("unchanged", shown, None),
            Request::Declined(shown, by) => ("closed_by_people", shown, by.as_deref()),
            Request::Withdrawn(shown, _) => ("closed", shown, None),
            _ => return None,
        };
        Some(Self { outcome, number: shown.number, url: &shown.url, closed_by })
    }
}

fn document(Prepared { planned, proposed, request }: &Prepared, next: Option<String>, dry_run: bool) -> Document<'_> {
    Document {
        schema: 1,
        dry_run,
        branch: proposed.as_ref().map(|proposed| proposed.branch.as_str()),
        commit: proposed.as_ref().map(|proposed| proposed.commit.as_str()),
        pushed: proposed.as_ref().is_some_and(|proposed| proposed.pushed),
        pull_request: PullRequest::of(request),
        no_forge: match request {
            Request::Unasked { absence: why, .. } => Some(absence::word(why)),
            _ => None,
        },
        plan: &planned.plan,
        next,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use releasekit_core::model::{BranchName, CommitId};

    use releasekit_engine::forge::Absence;

    use super::*;
    use crate::args::{Cli, Command};

    fn options(line: &str) -> (Options, Globals) {
        let cli = Cli::try_parse_from(line.split(' ')).expect("a legal line");
        let Some(Command::Prepare(options)) = cli.command else { unreachable!("{line}") };
        (options, cli.globals)
    }

    fn proposed(pushed: bool) -> Proposed {
        let (branch, commit) = (BranchName::new("next"), CommitId::new("c0ffee"));
        Proposed { branch, commit, pushed, replayed: Vec::new() }
    }

    fn local() -> Request {
        Request::Unasked { absence: Absence::Local, page: None }
    }

    fn open(opened: Opened) -> Request {
        Request::Open(shown(), opened)
    }

    fn shown() -> RequestShown {
        RequestShown { number: Some(7), url: "https://f/7".to_owned() }
    }

    /// What became of the branch, and which step comes next.
    #[test]
    fn every_outcome_leads_to_what_works() {
        let merge = "merge `next`, then run `releasekit release`";
        let elsewhere = "merge `next`, then run `releasekit -C sub release --state-dir s`";
        let cases = [
            ("releasekit prepare", true, merge),
            ("releasekit prepare", false, merge),
            ("releasekit -C sub prepare --supersede --state-dir s", true, elsewhere),
            ("releasekit prepare --dry-run", true, "releasekit prepare"),
            ("releasekit prepare --dry-run --supersede", true, "releasekit prepare --supersede"),
            (
                "releasekit prepare --dry-run --graduate a --force-unchanged --group web api --bump minor",
                true,
                "releasekit prepare --bump minor --group web --group api --force-unchanged --graduate a",
            ),
            // What a dry run would leave as it is, is there.
            ("releasekit prepare --dry-run", false, merge),
        ];
        for (line, pushed, expected) in cases {
            let (options, globals) = options(line);
            assert_eq!(options.next(Some(&proposed(pushed)), &local(), &globals).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn a_pull_request_is_merged_opened_by_hand_or_opened_again() {
        let merge = "merge https://f/7, then run `releasekit release`";
        let page = |absence| Request::Unasked { absence, page: Some("https://f/new".to_owned()) };
        let by_hand = "open a pull request on https://f/new and merge it, then run `releasekit release --no-forge`";
        let declined = || Request::Declined(shown(), None);
        let reopen = "`releasekit prepare --supersede --reopen`, if it is to be released after all";
        let cases = [
            ("releasekit prepare", true, open(Opened::Created), Some(merge)),
            ("releasekit prepare", false, open(Opened::Unchanged), Some(merge)),
            ("releasekit prepare --dry-run", false, open(Opened::Unchanged), Some(merge)),
            (
                "releasekit prepare --dry-run --reopen",
                false,
                open(Opened::Created),
                Some("releasekit prepare --reopen"),
            ),
            ("releasekit prepare --no-forge", true, page(Absence::Unwanted), Some(by_hand)),
            ("releasekit prepare --supersede", true, declined(), Some(reopen)),
            ("releasekit prepare", true, Request::None, None),
            ("releasekit prepare", true, Request::Withdrawn(shown(), Leftover::Deleted), None),
        ];
        for (line, pushed, request, expected) in cases {
            let (options, globals) = options(line);
            let is_there = matches!(request, Request::Open(..) | Request::Unasked { .. });
            let proposed = is_there.then(|| proposed(pushed));
            let next = options.next(proposed.as_ref(), &request, &globals);
            assert_eq!(next.as_deref(), expected, "{line} {request:?}");
        }
    }

    #[test]
    fn what_became_of_a_pull_request_is_said_in_a_line() {
        let to_open = RequestShown { number: None, url: "https://f/new".to_owned() };
        let cases = [
            (open(Opened::Created), false, "pull request 7 opened: https://f/7"),
            (Request::Open(to_open, Opened::Created), true, "a pull request would be opened: https://f/new"),
            (open(Opened::Updated), true, "pull request 7 would be updated: https://f/7"),
            (open(Opened::Unchanged), true, "pull request 7 unchanged: https://f/7"),
            (
                Request::Declined(shown(), Some("ana".to_owned())),
                false,
                "nothing was pushed: `ana` closed pull request 7 of the same versions, https://f/7",
            ),
            (
                Request::Withdrawn(shown(), Leftover::Kept),
                false,
                "pull request 7 closed, its branch kept for the commits of others: https://f/7",
            ),
            (
                Request::Withdrawn(shown(), Leftover::Deleted),
                true,
                "pull request 7 would be closed, its branch would be deleted: https://f/7",
            ),
        ];
        for (request, dry_run, expected) in cases {
            assert_eq!(said(&request, dry_run).as_deref(), Some(expected));
        }
        assert_eq!(said(&Request::None, false), None);
    }
}
