//! How errors of the pipeline put lists and counts into words.

use std::collections::BTreeSet;

use releasekit_core::Diagnostic;
use releasekit_core::model::{CommitId, PackageId, RepoPath, TagName, Unread, Version};
use releasekit_core::vcs::RefName;

use super::{Error, Unkept};
use crate::failure::Failure;
use crate::words::few;
pub(super) use crate::words::quoted as list;

pub(super) fn roots(found: usize) -> String {
    match found {
        0 => "no workspace was".to_owned(),
        several => format!("{several} workspaces were"),
    }
}

/// What a table says of its tool that leaves it open which is meant.
pub(super) fn unclear_tool(named: Option<&str>, tools: usize) -> String {
    match named {
        Some(tool) => format!("the tool `{tool}`, which no backend of that ecosystem is"),
        None => format!("no `tool`, and {tools} could be meant"),
    }
}

/// Which groups there are.
pub(super) fn groups_help(known: &BTreeSet<String>) -> String {
    match known.iter().collect::<Vec<_>>().as_slice() {
        [] => "no package has a `group`: give some of them one in `[packages.NAME]`".to_owned(),
        known => format!("there are: {}", list(known)),
    }
}

/// What a group is called.
pub(super) fn whose(group: Option<&str>) -> String {
    group.map_or_else(|| "all packages".to_owned(), |name| format!("the packages of group `{name}`"))
}

/// The packages whose versions could not be read, those with one reason together.
pub(super) fn unread(packages: &[(PackageId, Unread)]) -> String {
    if let [(package, unread)] = packages {
        return format!("the version of `{package}` cannot be read: {}", unread.reason);
    }
    let mut by_reason: Vec<(&str, Vec<&PackageId>)> = Vec::new();
    for (package, unread) in packages {
        match by_reason.iter_mut().find(|(reason, _)| *reason == unread.reason) {
            Some((_, alike)) => alike.push(package),
            None => by_reason.push((&unread.reason, vec![package])),
        }
    }
    let lines = by_reason.iter().map(|(reason, alike)| format!("\n  {reason}: {}", list(alike)));
    format!("the versions of {} packages cannot be read{}", packages.len(), lines.collect::<String>())
}

pub(super) fn joined(names: &[RefName]) -> String {
    names.iter().map(RefName::to_string).collect::<Vec<_>>().join(", ")
}

pub(super) fn lacks(missing: &[TagName]) -> String {
    match missing {
        [] => "has its tags elsewhere, or its manifest was edited".to_owned(),
        missing => format!("lacks {}", list(missing)),
    }
}

pub(super) fn places(tags: &[(TagName, CommitId)]) -> String {
    tags.iter().map(|(tag, at)| format!("`{tag}` on {}", at.short())).collect::<Vec<_>>().join(", ")
}

/// The first few of some commits, each with what is wrong with it.
pub(super) fn unkept(commits: &[Unkept]) -> String {
    few(commits.iter().map(|one| format!("{} `{}` {}", one.commit.short(), one.summary, one.why.said())))
}

pub(super) fn clash(first: &RepoPath, second: &RepoPath) -> String {
    if first == second {
        return format!("the release commit would write `{first}` twice");
    }
    format!("the release commit would write `{first}` and `{second}`, which are one file where case does not count")
}

pub(super) fn unknown_help(nearest: Option<&str>) -> String {
    match nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => "`releasekit discover` lists all packages".to_owned(),
    }
}

/// What to do about a merged release that `release` would refuse; `None` where it would not.
pub(super) fn pending_help(refusals: &[Error]) -> Option<String> {
    match refusals.iter().find(|error| !error.is_mended_by_superseding()).or(refusals.first())? {
        error if error.is_mended_by_superseding() => Some(format!(
            "run `releasekit prepare --supersede` to plan anew over it: `release` would refuse it ({})",
            error.code()
        )),
        error => error.help(),
    }
}

/// What to do about a version that others have published already.
pub(super) fn plan_anew(is_first: bool) -> String {
    let what = match is_first {
        true => "say how they read with `tag_format`, or where history begins with `bootstrap_sha`",
        false => "raise the version in the package file, run `releasekit check --fix`",
    };
    format!("{what}, commit, and run `releasekit prepare --supersede`")
}

/// What to do where a live version is not what is built.
pub(super) fn not_adopted(source: &Failure, is_first: bool) -> String {
    match source {
        Failure::Unproven { .. } => format!(
            "build with that version of the build backend, or bring the files that were published with `--artifacts DIR`; if \
             it was not published from this commit, {}",
            plan_anew(is_first)
        ),
        _ => format!("it was not published from this commit: {}", plan_anew(is_first)),
    }
}

pub(super) fn arrows(path: &[PackageId]) -> String {
    path.iter().map(PackageId::to_string).collect::<Vec<_>>().join(" → ")
}

pub(super) fn reason(because: Option<&str>) -> String {
    because.map(|summary| format!(", because of \"{summary}\"")).unwrap_or_default()
}

pub(super) fn or_absent(version: Option<&Version>) -> String {
    version.map_or_else(|| "absent".to_owned(), Version::to_string)
}
