//! One package's notes for one version, from its commits and the change files that name it.

use std::collections::{BTreeSet, HashMap, HashSet};

use globset::GlobSet;
use releasekit_core::model::{Bump, Version};
use releasekit_core::policy::{BumpSource, Policy};
use serde::{Deserialize, Serialize};

use crate::bump::Reason;
use crate::commit::ParsedCommit;
use crate::error::Result;
use crate::globs::globs;
use crate::history::{AskedByFile, Change};
use crate::plan::Planned;

/// A line of the notes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// What the commit concerns.
    pub scope: Option<String>,
    /// What it says. Where that is more than a line, the others are indented by two, as what stands below the first line of
    /// a list's item.
    pub text: String,
}

/// Lines of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// The lines: of commits, oldest first, then of change files, in the order of their paths.
    pub entries: Vec<Entry>,
}

/// A sibling that moved with the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedDependency {
    /// Its name, with its label where packages of several workspaces have that name.
    pub name: String,
    /// Its version to come.
    pub version: String,
}

/// What one version of one package brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// The package.
    pub name: String,
    /// The version.
    pub version: String,
    /// The date, as `YYYY-MM-DD`.
    pub date: String,
    /// The page that compares it with the version before; `None` where there is none, or nobody knows its place.
    pub compare: Option<String>,
    /// Whether it is the first release.
    pub first: bool,
    /// Whether the file has the sections of several packages, so that a heading has to say whose it is.
    pub shared: bool,
    /// What is listed, breaking changes first.
    pub sections: Vec<Section>,
    /// The siblings that moved with it.
    pub dependencies: Vec<MovedDependency>,
}

/// Collects the notes of a package that moves.
pub fn for_member(planned: &Planned, index: usize, version: &Version, date: &str) -> Result<Notes> {
    let policy = &planned.snapshot.policy;
    let decision = &planned.bumps.0[index];
    let id = &planned.snapshot.discovery.members[index].id;
    Ok(Notes {
        name: id.name.to_string(),
        version: version.to_string(),
        date: date.to_owned(),
        compare: None,
        first: decision.reasons.contains(&Reason::FirstRelease),
        shared: false,
        sections: sections(commits(planned, index, version), &planned.changes.members[index].by_files, policy)?,
        dependencies: dependencies(planned, index, &decision.reasons),
    })
}

/// The commits that a version brings: a final one those of its prereleases too.
fn commits<'a>(planned: &'a Planned, index: usize, version: &Version) -> &'a [Change] {
    let discovery = &planned.snapshot.discovery;
    let changes = &planned.changes.members[index];
    let is_final = !discovery.scheme(&discovery.members[index]).is_prerelease(version);
    match &changes.since_final {
        Some(since) if is_final => &since.commits,
        _ => &changes.commits,
    }
}

/// Breaking changes, then the sections in the configured order, then the others by the order of the types' sections.
fn sections(commits: &[Change], files: &[AskedByFile], policy: &Policy) -> Result<Vec<Section>> {
    let exclude = globs(&policy.changelog.exclude)?;
    let mut titles: Vec<String> = policy.changelog.sections.clone();
    let mut by_weight: Vec<_> = policy.commit_types.values().collect();
    by_weight.sort_by_key(|kind| std::cmp::Reverse(kind.bump));
    for title in by_weight.into_iter().filter_map(|kind| kind.section.clone()) {
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    titles.insert(0, BREAKING.to_owned());
    if !titles.iter().any(|title| title == CHANGES) {
        titles.push(CHANGES.to_owned());
    }
    let places: HashMap<String, usize> = titles.iter().cloned().zip(0..).collect();
    let mut found: Vec<Section> = titles.into_iter().map(|title| Section { title, entries: Vec::new() }).collect();
    let commits = commits.iter().rev().filter(|change| !is_excluded(&change.parsed, &exclude));
    let of_commits = commits.filter_map(|change| Some((title_of(change, policy)?, entry(&change.parsed))));
    let of_files = files.iter().filter_map(|asked| Some((title_of_level(asked.bump, policy)?, entry_of_file(asked)?)));
    let mut seen = HashSet::new();
    for (title, entry) in of_commits.chain(of_files) {
        if let Some(place) = places.get(&title)
            && seen.insert((*place, entry.clone()))
        {
            found[*place].entries.push(entry);
        }
    }
    found.retain(|section| !section.entries.is_empty());
    Ok(found)
}

const BREAKING: &str = "Breaking Changes";

/// What moves a package by a trailer or a change file, and by its type would be listed nowhere.
const CHANGES: &str = "Changes";

/// Where change files say what changed, a commit that moves nothing says nothing.
fn title_of(change: &Change, policy: &Policy) -> Option<String> {
    let is_moving = change.level.as_ref().is_some_and(|level| level.bump > Bump::None);
    if !is_moving && policy.counts(BumpSource::ChangeFiles) && !policy.counts(BumpSource::Commits) {
        return None;
    }
    section_of(&change.parsed, policy).or_else(|| is_moving.then(|| CHANGES.to_owned()))
}

/// The section of what a change file describes: that of the commits which move a package as far.
fn title_of_level(bump: Bump, policy: &Policy) -> Option<String> {
    let kind = match bump {
        Bump::None => return None,
        Bump::Major => return Some(BREAKING.to_owned()),
        Bump::Minor => "feat",
        Bump::Patch | Bump::Prerelease => "fix",
    };
    let section = policy.commit_types.get(kind).and_then(|kind| kind.section.clone());
    Some(section.unwrap_or_else(|| CHANGES.to_owned()))
}

fn entry_of_file(asked: &AskedByFile) -> Option<Entry> {
    let text = &asked.file.text;
    // A tab is what a line of code may begin with.
    let shown = |line: &str| line.split('\t').map(printable).collect::<Vec<_>>().join("\t").trim_end().to_owned();
    let lines: Vec<String> = text.lines().map(shown).collect();
    (!text.is_empty()).then(|| Entry { scope: None, text: lines.join("\n  ").replace("\n  \n", "\n\n") })
}

fn section_of(commit: &ParsedCommit, policy: &Policy) -> Option<String> {
    if commit.breaking {
        return Some(BREAKING.to_owned());
    }
    let kind = if commit.is_revert() { "revert" } else { commit.kind.as_deref()? };
    policy.commit_types.get(kind)?.section.clone()
}

fn entry(commit: &ParsedCommit) -> Entry {
    let text = match &commit.breaking_text {
        Some(what) => format!("{}: {}", commit.description, what.split_whitespace().collect::<Vec<_>>().join(" ")),
        None => commit.undoes.clone().unwrap_or_else(|| commit.description.clone()),
    };
    Entry { scope: commit.scope.as_deref().map(printable), text: printable(&text) }
}

/// Text without control characters, which would command the terminals that changelogs and tags are shown on, and without
/// those that turn text around or end a line where no editor shows it.
fn printable(text: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}');
    text.chars().filter(|c| !c.is_control() && !turns(*c)).collect()
}

fn is_excluded(commit: &ParsedCommit, exclude: &GlobSet) -> bool {
    [&commit.scope, &commit.kind].into_iter().flatten().any(|word| exclude.is_match(word))
}

/// What a commit's line says of it; `None` where it has none.
pub(crate) fn line_of(commit: &ParsedCommit, policy: &Policy) -> Result<Option<String>> {
    let exclude = globs(&policy.changelog.exclude)?;
    let is_told = section_of(commit, policy).is_some() && !is_excluded(commit, &exclude);
    Ok(is_told.then(|| printable(&commit.description)))
}

/// The packages that moved it. Those of its own group move nobody of it, and are told of where they are needed.
fn dependencies(planned: &Planned, index: usize, reasons: &[Reason]) -> Vec<MovedDependency> {
    let discovery = &planned.snapshot.discovery;
    let named = reasons.iter().filter_map(|reason| match reason {
        Reason::Dependency { package } => discovery.index_of(package),
        _ => None,
    });
    let needed = planned.snapshot.graph.dependencies(index).into_iter();
    let needed = needed.filter(|(_, edges)| edges.iter().any(|edge| edge.moves()));
    let needed = needed.filter(|(other, _)| discovery.groups.move_together(index, *other));
    let members = named.chain(needed.map(|(other, _)| other)).collect::<BTreeSet<usize>>();
    let moved = |other: usize| {
        let version = planned.bumps.0[other].next.as_ref()?;
        let name = discovery.short_name(other);
        Some(MovedDependency { name, version: version.to_string() })
    };
    let mut found: Vec<MovedDependency> = members.into_iter().filter_map(moved).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}
