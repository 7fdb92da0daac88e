//! Which branch a release is made from.

use globset::{GlobBuilder, GlobSet};
use releasekit_core::Diagnostic;
use releasekit_core::model::{BranchName, CommitId, ObjectId};
use releasekit_core::policy::Policy;
use releasekit_core::vcs::{BranchTip, Head, RefName, RemoteRef, RemoteRefs};

use crate::codes;
use crate::error::{AllowedBranches, Error, Result};
use crate::globs;
use crate::session::Session;

/// What the configuration says of the branches that releases may be made from, else the remote's default branch.
fn patterns<'a>(policy: &'a Policy, remote: &'a RemoteRefs) -> Vec<&'a str> {
    let default = policy.default_branch.as_deref().or(remote.default_branch.as_ref().map(BranchName::as_str));
    match policy.release_branches.as_slice() {
        [] => default.into_iter().collect(),
        patterns => patterns.iter().map(String::as_str).collect(),
    }
}

/// The same as globs. A default branch is a name, whatever characters it has.
fn matchers(policy: &Policy, remote: &RemoteRefs, any_case: bool) -> Result<Vec<GlobSet>> {
    let are_names = policy.release_branches.is_empty();
    let matcher = |pattern: &str| {
        let text = if are_names { globset::escape(pattern) } else { pattern.to_owned() };
        globs::glob(pattern, GlobBuilder::new(&text).case_insensitive(any_case))
    };
    patterns(policy, remote).into_iter().map(matcher).collect()
}

/// The remote's branches that releases may be made from, and what was asked for, to be said where none will do.
pub(crate) fn described(policy: &Policy, remote: &RemoteRefs) -> Result<AllowedBranches> {
    let found = allowed(policy, remote)?.into_iter().map(|(name, _)| name.clone()).collect();
    Ok(AllowedBranches { patterns: patterns(policy, remote).into_iter().map(str::to_owned).collect(), found })
}

/// The remote's branches that releases may be made from.
pub(crate) fn allowed<'a>(policy: &Policy, remote: &'a RemoteRefs) -> Result<Vec<(&'a BranchName, &'a RemoteRef)>> {
    let mut found = Vec::new();
    for glob in matchers(policy, remote, false)? {
        for remote_ref in &remote.refs {
            if let RefName::Branch(name) = &remote_ref.name
                && glob.is_match(name.as_str())
            {
                found.push((name, remote_ref));
            }
        }
    }
    Ok(found)
}

/// The release branch of a base branch. It is pushed over, so it is refused where it is the base, the default branch, one
/// that releases may be made from, a tag, or what a system takes for something else.
///
/// `run` is what a run for some groups alone is told apart by.
pub(crate) fn release_branch(
    policy: &Policy,
    remote: &RemoteRefs,
    base: &BranchName,
    run: Option<&str>,
) -> Result<BranchName> {
    let branch = policy.pull_request.branch.replace("{base}", base.as_str());
    free(policy, remote, base, run.map_or_else(|| branch.clone(), |run| format!("{branch}--{run}")))
}

/// The branch on which the forge makes the commit of a release branch, where it has to sign it.
pub(crate) fn signing_branch(
    policy: &Policy,
    remote: &RemoteRefs,
    base: &BranchName,
    branch: &BranchName,
) -> Result<BranchName> {
    free(policy, remote, base, format!("{branch}--signed"))
}

/// A branch of ours, where nobody else has one of that name.
fn free(policy: &Policy, remote: &RemoteRefs, base: &BranchName, branch: String) -> Result<BranchName> {
    let same = |other: &str| other.to_lowercase() == branch.to_lowercase();
    let default = remote.default_branch.iter().map(BranchName::as_str).chain(policy.default_branch.as_deref());
    let tagged = remote.refs.iter().any(|found| matches!(&found.name, RefName::Tag(tag) if same(tag.as_str())));
    let is = if same(base.as_str()) {
        "the branch that is released from"
    } else if default.into_iter().any(same) {
        "the default branch"
    } else if may_release_from(policy, remote, &branch)? {
        "a branch that releases may be made from"
    } else if remote.aliases.iter().any(|alias| same(alias.as_str())) {
        "another name of a branch"
    } else if tagged {
        "a tag of the remote"
    } else if same("HEAD") || branch == "@" || branch.starts_with("refs/") || branch.is_empty() {
        "no name of a branch"
    } else {
        return Ok(BranchName::new(branch));
    };
    Err(Error::BranchReserved { branch: BranchName::new(branch), is })
}

fn may_release_from(policy: &Policy, remote: &RemoteRefs, branch: &str) -> Result<bool> {
    Ok(matchers(policy, remote, true)?.iter().any(|glob| glob.is_match(branch)))
}

/// Which branch that releases may be made from holds a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Held {
    /// This one.
    By(BranchName),
    /// None of them.
    Nowhere,
    /// None that the clone has the history of; there is more that it lacks.
    Unknown,
}

/// How far a question about history may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// What is missing is fetched.
    Remote,
    /// The clone must do, as for commands that change nothing.
    Clone,
}

/// The branches of a remote that releases may be made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Branches<'a> {
    pub(crate) session: &'a Session,
    pub(crate) policy: &'a Policy,
    pub(crate) remote: &'a RemoteRefs,
}

impl Branches<'_> {
    /// The allowed branch that holds a commit, as the remote has it: the preferred one where it does, else the first.
    pub(crate) async fn holding(self, commit: &CommitId, preferred: Option<&BranchName>) -> Result<Option<BranchTip>> {
        let Self { session, policy, remote } = self;
        let mut branches = allowed(policy, remote)?;
        branches.sort_by_key(|(name, _)| Some(*name) != preferred);
        for (name, tip) in branches {
            know(session, policy, &tip.commit).await?;
            let held = session.vcs.ancestors_among(std::slice::from_ref(commit), &tip.commit).await?;
            if held == [true] {
                return Ok(Some(BranchTip::new(name.clone(), tip.commit.clone())));
            }
        }
        Ok(None)
    }

    /// Whether an allowed branch holds a commit, where the clone may lack the history that would tell. The branch that is
    /// preferred is asked first.
    pub(crate) async fn held(self, commit: &CommitId, preferred: Option<&BranchName>, reach: Reach) -> Result<Held> {
        let Self { session, policy, remote } = self;
        let mut branches = allowed(policy, remote)?;
        branches.sort_by_key(|(name, _)| Some(*name) != preferred);
        let mut unknown = session.vcs.head().await?.shallow;
        for (name, tip) in branches {
            if reach == Reach::Remote {
                match know(session, policy, &tip.commit).await {
                    // A dry run that can bring nothing looks at what is there.
                    Err(error) if error.code() == codes::DRY_RUN_FETCH => {}
                    known => known?,
                }
            }
            if session.vcs.resolve(tip.commit.as_str()).await?.is_none() {
                unknown = true;
            } else if session.vcs.ancestors_among(std::slice::from_ref(commit), &tip.commit).await? == [true] {
                return Ok(Held::By(name.clone()));
            }
        }
        Ok(if unknown { Held::Unknown } else { Held::Nowhere })
    }

    /// The branch that a plan of HEAD would be released from.
    pub(crate) async fn base(self, head: &Head) -> Result<BranchName> {
        match self.holding(&head.commit, head.branch.as_ref()).await? {
            Some(branch) => Ok(branch.name),
            None => {
                Err(Error::NotOnBranch { commit: head.commit.clone(), allowed: described(self.policy, self.remote)? })
            }
        }
    }
}

/// Brings a remote's commit into the clone where it is missing.
pub(crate) async fn know(session: &Session, policy: &Policy, commit: &CommitId) -> Result<()> {
    if session.vcs.resolve(commit.as_str()).await?.is_none() {
        session.vcs.fetch(&policy.remote, &[ObjectId::from(commit.clone())]).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use releasekit_core::Diagnostic;
    use releasekit_core::model::TagName;

    use super::*;

    fn remote(names: &[RefName]) -> RemoteRefs {
        let found = |name: &RefName| RemoteRef::new(name.clone(), ObjectId::new("a"), CommitId::new("a"));
        let refs = names.iter().map(found).collect();
        let aliases = vec![BranchName::new("current")];
        let mut remote = RemoteRefs::new(Some(BranchName::new("main")), refs);
        remote.aliases = aliases;
        remote
    }

    fn named(branch: &str, change: impl FnOnce(&mut Policy)) -> Result<BranchName> {
        let mut policy = Policy::default();
        branch.clone_into(&mut policy.pull_request.branch);
        change(&mut policy);
        let there = [RefName::Branch(BranchName::new("main")), RefName::Tag(TagName::new("release-1"))];
        release_branch(&policy, &remote(&there), &BranchName::new("v1"), None)
    }

    #[test]
    fn a_default_branch_is_a_name_and_what_is_configured_is_a_glob() {
        let names = ["rel{to}", "relto", "v[1]", "v1"];
        let remote = remote(&names.map(|name| RefName::Branch(BranchName::new(name))));
        let found = |change: &dyn Fn(&mut Policy)| {
            let mut policy = Policy::default();
            change(&mut policy);
            let found = allowed(&policy, &remote).expect("they can be read");
            found.into_iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>()
        };
        for name in ["rel{to}", "v[1]"] {
            assert_eq!(found(&|policy| policy.default_branch = Some(name.to_owned())), [name]);
        }
        assert_eq!(found(&|policy| policy.release_branches = vec!["v[1]".to_owned()]), ["v1"]);
    }

    #[test]
    fn a_glob_that_nothing_can_match_is_an_error_with_a_name() {
        let deep = format!("{}a{}", "{a,".repeat(400), "}".repeat(400));
        let error = named("release", |policy| policy.release_branches = vec![deep]).unwrap_err();
        assert_eq!(error.code(), codes::GLOB_INVALID);
    }

    #[test]
    fn a_release_branch_is_never_one_that_must_not_be_pushed_over() {
        let nothing = |_: &mut Policy| {};
        let refused = |result: Result<BranchName>| match result {
            Err(error @ Error::BranchReserved { is, .. }) if error.code() == crate::codes::PREPARE_BRANCH_RESERVED => {
                is
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(named("{base}", nothing)), "the branch that is released from");
        assert_eq!(refused(named("V1", nothing)), "the branch that is released from");
        assert_eq!(refused(named("main", nothing)), "the default branch");
        assert_eq!(refused(named("Main", nothing)), "the default branch");
        let develop = |policy: &mut Policy| policy.default_branch = Some("develop".to_owned());
        assert_eq!(refused(named("develop", develop)), "the default branch");
        let globs = |policy: &mut Policy| policy.release_branches = vec!["v*".to_owned()];
        assert_eq!(refused(named("{base}-next", globs)), "a branch that releases may be made from");
        assert_eq!(refused(named("release-1", nothing)), "a tag of the remote");
        assert_eq!(refused(named("current", nothing)), "another name of a branch");
        for name in ["HEAD", "@", "refs/heads/x", "refs/tags/{base}", ""] {
            assert_eq!(refused(named(name, nothing)), "no name of a branch", "{name}");
        }
        assert_eq!(named("releasekit--release--{base}", globs).expect("legal").as_str(), "releasekit--release--v1");
    }
}
