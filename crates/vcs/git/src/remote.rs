//! What is asked of a remote and sent to it, through the `git` program.

mod classify;
mod fetch;
mod push;

use releasekit_core::model::{CommitId, ObjectId};
use releasekit_core::secret::without_login;
use releasekit_core::vcs::{RemoteRef, RemoteRefs};

pub(crate) use fetch::fetch;
pub(crate) use push::push;

use crate::error::Error;
use crate::program::Invocation;
use crate::ref_name;
use crate::repository::Git;
use classify::classify;

/// The URL of a remote, rewritten as the user's settings say, without a credential that may stand in it.
pub(crate) async fn url(git: &Git, remote: &str) -> Result<Option<String>, Error> {
    Ok(raw_url(git, remote).await?.map(|url| without_login(&url)))
}

async fn raw_url(git: &Git, remote: &str) -> Result<Option<String>, Error> {
    if remote.is_empty() || remote.starts_with('-') {
        return Ok(None);
    }
    let output = git.command(["remote", "get-url", "--", remote]).output().await?;
    // Exit code 2 says that there is no such remote.
    match output.code {
        Some(0) => Ok(output.stdout_text().lines().next().map(str::to_owned)),
        Some(2) => Ok(None),
        _ => Err(crate::program::failure("read the URL of the remote", &output)),
    }
}

/// How a remote is to be talked to. Fails where there is no such remote, or where it may not be asked.
async fn require(git: &Git, remote: &str) -> Result<Transport, Error> {
    let url = raw_url(git, remote).await?.ok_or_else(|| Error::NoRemote { remote: remote.to_owned() })?;
    if git.offline && is_network(&url) {
        return Err(Error::Offline { remote: remote.to_owned() });
    }
    let is_ssh = is_network(&url) && !url.starts_with("http");
    let quiet = is_ssh && !git.program.has_own_ssh() && !has_ssh_command(git).await?;
    Ok(Transport { quiet_ssh: quiet })
}

/// SSH asks for pass phrases and unknown hosts at the terminal, past git and past us, unless it is told not to.
struct Transport {
    quiet_ssh: bool,
}

impl Transport {
    fn apply<'a>(&self, command: Invocation<'a>) -> Invocation<'a> {
        if self.quiet_ssh { command.setting("core.sshCommand=ssh -o BatchMode=yes") } else { command }
    }
}

async fn has_ssh_command(git: &Git) -> Result<bool, Error> {
    Ok(git.command(["config", "--get", "core.sshCommand"]).output().await?.success())
}

/// Whether a URL leads off this machine: all do but `file://` and plain paths. `host:path` is one of SSH's.
fn is_network(url: &str) -> bool {
    if let Some((scheme, _)) = url.split_once("://") {
        return scheme != "file";
    }
    url.split_once(':').is_some_and(|(host, _)| !host.contains('/'))
}

/// The branches and tags of a remote, asked now.
pub(crate) async fn refs(git: &Git, remote: &str) -> Result<RemoteRefs, Error> {
    let transport = require(git, remote).await?;
    let args = ["ls-remote", "--symref", "--", remote, "HEAD", "refs/heads/*", "refs/tags/*"];
    let output = transport.apply(git.command(args)).output().await?;
    if !output.success() {
        return Err(classify(remote, "list the refs of the remote", &output));
    }
    Ok(parse_refs(&output.stdout_text()))
}

fn parse_refs(text: &str) -> RemoteRefs {
    let mut found = RemoteRefs::default();
    for (left, name) in text.lines().filter_map(|line| line.split_once('\t')) {
        if let Some(target) = left.strip_prefix("ref: ") {
            found.aliases.extend(ref_name::read_branch(name));
            let branch = ref_name::read_branch(target).filter(|_| name == "HEAD");
            found.default_branch = found.default_branch.or(branch);
        } else if let Some(name) = name.strip_suffix("^{}") {
            // What an annotated tag leads to comes right after the tag.
            if let Some(tag) = found.refs.last_mut().filter(|last| ref_name::full(&last.name) == name) {
                tag.commit = CommitId::new(left);
            }
        } else if let Some(name) = ref_name::read(name) {
            found.refs.push(RemoteRef::new(name, ObjectId::new(left), CommitId::new(left)));
        }
    }
    found.refs.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::BranchName;

    use super::*;

    #[test]
    fn only_urls_that_leave_the_machine_are_network() {
        for url in ["https://host/x", "ssh://git@host/x", "git@host:x.git", "host:x"] {
            assert!(is_network(url), "{url}");
        }
        for url in ["file:///x", "/x/y", "../x", "./a:b"] {
            assert!(!is_network(url), "{url}");
        }
    }

    #[test]
    fn refs_of_a_remote_are_read_with_what_their_tags_lead_to() {
        let text = "ref: refs/heads/main\tHEAD\n1\tHEAD\n1\trefs/heads/main\n3\trefs/tags/b\n2\trefs/tags/b^{}\n1\trefs/tags/a\n9\trefs/pull/1/head\n";
        let found = parse_refs(text);
        assert_eq!(found.default_branch, Some(BranchName::new("main")));
        let names: Vec<_> =
            found.refs.iter().map(|found| format!("{} {} {}", found.name, found.object, found.commit)).collect();
        assert_eq!(names, ["branch `main` 1 1", "tag `a` 1 1", "tag `b` 3 2"]);
    }
}
