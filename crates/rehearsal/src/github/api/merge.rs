//! Merging, which happens in git.

use std::io;
use std::path::Path;

use releasekit_core::forge::MergeMethod;
use serde_json::json;
use tempfile::TempDir;

use super::super::answer::{Answer, Refusal, Reply};
use super::super::call::Call;
use super::super::git::{checked, run_in};
use super::super::model::{Merged, Pull};
use super::super::state::State;
use super::super::time::Moment;

/// How a pull request is merged.
#[derive(Debug, Clone)]
pub(in super::super) struct Merge {
    pub(in super::super) method: MergeMethod,
    /// The first line of the commit, and the rest; as GitHub words them where nobody says.
    pub(in super::super) title: Option<String>,
    pub(in super::super) message: Option<String>,
    /// The head that was looked at.
    pub(in super::super) head: Option<String>,
    pub(in super::super) who: String,
}

pub(super) fn call(call: &mut Call<'_>) -> Answer {
    let method = match call.given("merge_method").as_deref() {
        None | Some("merge") => MergeMethod::Merge,
        Some("squash") => MergeMethod::Squash,
        Some("rebase") => MergeMethod::Rebase,
        Some(_) => return Err(Refusal::field("PullRequest", "merge_method", "invalid")),
    };
    let (title, message, head) = (call.given("commit_title"), call.given("commit_message"), call.given("sha"));
    let number = call.pull("pull_number")?.number;
    let wanted = Merge { method, title, message, head, who: call.login() };
    let sha = merge(call.state, call.repo, number, &wanted)?;
    Ok(Reply::ok(json!({ "sha": sha, "merged": true, "message": "Pull Request successfully merged" })))
}

/// Merges an open pull request, and gives the commit that the base is at then.
pub(in super::super) fn merge(state: &mut State, repo: usize, number: u64, how: &Merge) -> Result<String, Refusal> {
    state.refresh(repo);
    let now = state.now();
    let to = &state.repositories[repo];
    let pull = to.pulls.iter().find(|pull| pull.number == number).ok_or_else(Refusal::not_found)?.clone();
    let unable = |why: &str| Refusal::new(405, why);
    if !pull.is_open() || pull.draft {
        return Err(unable("Pull Request is not mergeable"));
    }
    if to.checks && !pull.checks_passed {
        return Err(unable("Required status check is expected."));
    }
    if how.head.as_ref().is_some_and(|head| *head != pull.head_sha) {
        return Err(Refusal::new(409, "Head branch was modified. Review and try the merge again."));
    }
    let from = state.repo(pull.from).ok_or_else(|| unable("Pull Request is not mergeable"))?;
    let message = message(&from.owner, &pull, how);
    let folder = TempDir::with_prefix_in("merge-", &state.folder).map_err(|error| Refusal::internal(&error))?;
    let made = combine(folder.path(), to.git.folder(), &pull, how.method, (&message, now));
    made.map_err(|error| unable(&format!("Pull Request is not mergeable: {error}")))?;
    let sha = to.git.take(folder.path(), "HEAD").map_err(|error| Refusal::internal(&error))?;
    to.git.set(&format!("refs/heads/{}", pull.base), &sha).map_err(|error| Refusal::internal(&error))?;
    if to.tidies {
        let branch = format!("refs/heads/{}", pull.head);
        from.git.delete(&branch).map_err(|error| Refusal::internal(&error))?;
    }
    settle(state, repo, number, Merged { by: how.who.clone(), sha: sha.clone() }, now);
    Ok(sha)
}

fn settle(state: &mut State, repo: usize, number: u64, merged: Merged, now: Moment) {
    let pulls = state.repositories[repo].pulls.iter_mut();
    for pull in pulls.filter(|pull| pull.number == number) {
        (pull.closed, pull.auto_merge) = (Some((now, merged.by.clone())), None);
        pull.merged = Some(merged.clone());
    }
}

/// The message of the commit, as GitHub words it where nobody says otherwise.
fn message(owner: &str, pull: &Pull, how: &Merge) -> String {
    let (title, body) = match how.method {
        MergeMethod::Squash => (format!("{} (#{})", pull.title, pull.number), pull.body.clone().unwrap_or_default()),
        _ => (format!("Merge pull request #{} from {owner}/{}", pull.number, pull.head), pull.title.clone()),
    };
    let (title, body) = (how.title.clone().unwrap_or(title), how.message.clone().unwrap_or(body));
    format!("{title}\n\n{body}").trim_end().to_owned()
}

/// Makes the commits in a clone that lasts as long as that takes.
fn combine(
    folder: &Path,
    bare: &Path,
    pull: &Pull,
    method: MergeMethod,
    (message, now): (&str, Moment),
) -> io::Result<()> {
    let date = format!("{} +0000", now.seconds());
    let email = format!("{}@users.noreply.github.com", pull.author);
    let variables = [
        ("GIT_AUTHOR_NAME", pull.author.as_str()),
        ("GIT_AUTHOR_EMAIL", &email),
        ("GIT_AUTHOR_DATE", &date),
        ("GIT_COMMITTER_DATE", &date),
    ];
    let git = |args: &[&str], input: &str| checked(args, run_in(folder, args, input.as_bytes(), &variables)?).map(drop);
    let bare = bare.display().to_string();
    let head = pull.reference();
    git(&["clone", "--quiet", "--shared", "--branch", &pull.base, &bare, "."], "")?;
    git(&["fetch", "--quiet", "origin", &head], "")?;
    match method {
        MergeMethod::Squash => {
            git(&["merge", "--quiet", "--squash", "FETCH_HEAD"], "")?;
            git(&["commit", "--quiet", "--cleanup=verbatim", "--file=-"], message)
        }
        MergeMethod::Rebase => {
            git(&["checkout", "--quiet", "--detach", "FETCH_HEAD"], "")?;
            // Each commit is made anew, also where it could stay as it is.
            git(&["rebase", "--quiet", "--force-rebase", &pull.base], "")
        }
        _ => git(&["merge", "--quiet", "--no-ff", "--cleanup=verbatim", "-m", message, "FETCH_HEAD"], ""),
    }
}
