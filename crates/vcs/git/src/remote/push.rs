//! Sets refs of a remote: all or none, each only from what is expected, and what came of it.

use releasekit_core::Redactor;
use releasekit_core::vcs::{Expected, Pushed, RefUpdate};
use releasekit_process::Output;

use super::classify::{classify, refusal};
use super::{refs, require};
use crate::error::Error;
use crate::object::object_id;
use crate::program::printed;
use crate::ref_name;
use crate::refs::check;
use crate::repository::Git;

/// Pushes. Fails only where the push could not even be tried.
pub(crate) async fn push(git: &Git, remote: &str, updates: &[RefUpdate]) -> Result<Pushed, Error> {
    check(git, updates).await?;
    let mut leases = Vec::new();
    let mut specs = Vec::new();
    for update in updates {
        let expected = match &update.expected {
            Expected::Absent => String::new(),
            Expected::At(object) => object_id(object.as_str())?.to_string(),
        };
        let new = update.new.as_ref().map(|new| object_id(new.as_str())).transpose()?;
        let name = ref_name::full(&update.name);
        leases.push(format!("--force-with-lease={name}:{expected}"));
        specs.push(format!("{}:{name}", new.map(|new| new.to_string()).unwrap_or_default()));
    }
    if updates.is_empty() {
        return Ok(Pushed::Accepted);
    }
    let transport = require(git, remote).await?;
    let command = git.command(["push", "--porcelain", "--atomic", "--no-verify", "--no-follow-tags"]);
    let command = command.args(["--no-recurse-submodules", "--no-signed", "--no-progress"]).args(leases);
    let output = match transport.apply(command.args(["--", remote]).args(specs)).output().await {
        Ok(output) => output,
        // What a push did that was ended in the middle nobody knows.
        Err(Error::Process(error @ releasekit_process::Error::TimedOut { .. })) => {
            let output = releasekit_core::Diagnostic::output(&error).unwrap_or_default();
            return Ok(Pushed::Unknown(Error::Unreachable { remote: remote.to_owned(), output }.into()));
        }
        Err(error) => return Err(error),
    };
    if output.success() {
        return Ok(Pushed::Accepted);
    }
    judge(git, remote, updates, &output).await
}

/// What a push that failed did.
async fn judge(git: &Git, remote: &str, updates: &[RefUpdate], output: &Output) -> Result<Pushed, Error> {
    let text = printed(output);
    let reasons = reasons(&output.stdout_text());
    let is_certain = !reasons.is_empty() && !reasons.iter().any(|reason| reason.contains("[remote failure]"));
    if is_certain || is_refused_early(&text) {
        if is_there(git, remote, updates).await {
            return Ok(Pushed::Accepted);
        }
        let reasons =
            if reasons.is_empty() { text.lines().last().map(str::to_owned).into_iter().collect() } else { reasons };
        let forbidden = refusal(remote, &text).filter(|error| matches!(error, Error::Forbidden { .. }));
        let rejected = || Error::Rejected { remote: remote.to_owned(), reasons, output: text };
        return Ok(Pushed::Refused(forbidden.unwrap_or_else(rejected).into()));
    }
    if let Some(error) = refusal(remote, &text) {
        return Ok(Pushed::Refused(error.into()));
    }
    match classify(remote, "push to the remote", output) {
        error @ Error::Unreachable { .. } => Ok(Pushed::Unknown(error.into())),
        error => Err(error),
    }
}

/// Texts of a push that ended before a single ref was offered.
fn is_refused_early(text: &str) -> bool {
    let signs = ["does not support --atomic push", "remote ref does not exist", "pre-receive hook declined"];
    signs.iter().any(|sign| text.contains(sign))
}

/// The lines of refs that were not set: `!\t<from>:<to>\t[rejected] (stale info)`.
fn reasons(porcelain: &str) -> Vec<String> {
    let rejected = porcelain.lines().filter_map(|line| line.strip_prefix("!\t"));
    let reason = |line: &str| {
        let (spec, summary) = line.split_once('\t')?;
        let name = spec.rsplit_once(':').map_or(spec, |(_, name)| name);
        Some(Redactor::new().redact(&format!("{name} {summary}")))
    };
    rejected.filter_map(reason).collect()
}

/// Whether the remote already has it all, as after a push whose answer was lost.
async fn is_there(git: &Git, remote: &str, updates: &[RefUpdate]) -> bool {
    let Ok(found) = refs(git, remote).await else { return false };
    updates.iter().all(|update| found.object(&update.name) == update.new.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refs_that_were_not_set_are_named_with_the_reason() {
        let text = "To file:///x\n!\tabc:refs/tags/a\t[rejected] (stale info)\n*\tabc:refs/heads/b\t[new branch]\n!\t:refs/heads/c\t[remote rejected] (hook declined)\nDone\n";
        assert_eq!(
            reasons(text),
            ["refs/tags/a [rejected] (stale info)", "refs/heads/c [remote rejected] (hook declined)"]
        );
    }
}
