//! What looks as if it meant something to a plan, and does not count. Each has a code, and is not said again where
//! `ignore_warnings` names it.

use std::collections::BTreeSet;

use releasekit_core::Code;
use releasekit_core::event::{Event, Reporter};
use releasekit_core::model::{Bump, PackageId, RepoPath, TagName, Version};
use releasekit_core::policy::Participation;
use releasekit_core::words;
use releasekit_engine::Snapshot;
use releasekit_engine::bump::{Decision, Held, Reason, Refusal};

use releasekit_engine::discover::Member;
use releasekit_engine::history::PresumedTags;
use releasekit_engine::plan::Planned;

use crate::codes;
use crate::command::{release_please, settle};
use crate::render::style::clean;

/// How many of several things are named.
const SHOWN: usize = 5;

/// Something that a maintainer should know of a plan.
#[derive(Debug)]
pub(crate) struct Warning {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) help: String,
    /// Lines of configuration that settle it.
    pub(crate) lines: Vec<String>,
    /// A tag that it is about, which may lie on a branch of its own.
    pub(crate) tag: Option<TagName>,
}

impl Warning {
    fn new(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: help.into(), lines: Vec::new(), tag: None }
    }
}

/// Says what there is to warn of.
pub(crate) fn say(planned: &Planned, reporter: &dyn Reporter) {
    for Warning { code, message, help, lines, .. } in of(planned) {
        let help = std::iter::once(help).chain(settle::few(&lines).into_iter().map(|line| format!("  {line}")));
        let help = help.collect::<Vec<_>>().join("\n");
        reporter.report(Event::Warning { code: Some(code), message, help: Some(help) });
    }
}

/// What there is to warn of, but for what the configuration has settled.
pub(crate) fn of(planned: &Planned) -> Vec<Warning> {
    let presumed = presumed(planned);
    let all = [
        unclaimed_tags(planned, &presumed),
        foreign_tags(planned, &presumed),
        unreached_tags(planned),
        absent_tags(planned),
        unlisted(planned),
        spent_versions(planned),
    ];
    let mut all: Vec<Warning> = all
        .into_iter()
        .flatten()
        .chain(undeclared(planned))
        .chain(refused(planned))
        .chain(held(planned))
        .chain(idle_files(planned))
        .collect();
    all.extend([left_behind(planned), left_out(planned)].into_iter().flatten());
    all.retain(|warning| !planned.snapshot.policy.settles(warning.code));
    all
}

/// Change files that wait for packages which take no part, and so may wait for ever.
fn idle_files(planned: &Planned) -> Option<Warning> {
    let discovery = &planned.snapshot.discovery;
    let asks = planned.changes.files.iter().flat_map(|file| file.asks.iter().map(move |ask| (file, ask)));
    let idle =
        asks.filter(|(_, ask)| ask.bump > Bump::None && discovery.members[ask.member].release == Participation::None);
    let idle: Vec<String> =
        idle.map(|(file, ask)| format!("`{}` in `{}`", discovery.short_name(ask.member), file.path)).collect();
    let rest = idle.len().saturating_sub(SHOWN);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let named = idle.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let message = format!("change files name packages that take no part in releases: {named}{more}");
    let help = codes::CHANGE_FILE_IDLE.help().unwrap_or_default();
    (!idle.is_empty()).then(|| Warning::new(codes::CHANGE_FILE_IDLE, message, help))
}

/// Whether what would be released first seems to have been released before, under tags that do not count.
pub(crate) fn doubts_first_releases(planned: &Planned, warnings: &[Warning]) -> bool {
    let doubts = [codes::TAG_UNCLAIMED, codes::TAG_FOREIGN, codes::TAG_UNREACHED, codes::TAG_ABSENT];
    first_releases(planned).next().is_some() && warnings.iter().any(|warning| doubts.contains(&warning.code))
}

/// The packages that would be released for the first time, by their index; those too that wait for what they need.
fn first_releases(planned: &Planned) -> impl Iterator<Item = usize> {
    let is_first = |reasons: &[Reason]| reasons.contains(&Reason::FirstRelease);
    let decisions = planned.bumps.0.iter().enumerate();
    let is_meant = |it: &Decision| it.next.is_some() || it.held.is_some();
    decisions.filter(move |(_, it)| is_meant(it) && is_first(&it.reasons)).map(|(index, _)| index)
}

/// The tags under which packages seem to have been released that are planned as new.
fn presumed(planned: &Planned) -> Vec<&PresumedTags> {
    let first: Vec<usize> = first_releases(planned).collect();
    let presumed = planned.changes.presumed_tags.iter();
    presumed.filter(|it| it.members.iter().any(|member| first.contains(member))).collect()
}

/// Packages that seem new may have been released under tags that do not name them.
fn unclaimed_tags(planned: &Planned, presumed: &[&PresumedTags]) -> Option<Warning> {
    let discovery = &planned.snapshot.discovery;
    let one = |it: &&PresumedTags| match it.members.as_slice() {
        [one] => format!("`{}` (`{}`)", discovery.short_name(*one), clean(it.tag.as_str())),
        several => format!("{} packages together (`{}`)", several.len(), clean(it.tag.as_str())),
    };
    let which = some(presumed.iter().map(one).collect())?;
    let message =
        format!("packages seem to have been released under tags that are not theirs, and are planned as new: {which}");
    let help = "if so, write at the top of `releasekit.toml`:";
    let tag = presumed.first().map(|presumed| presumed.tag.clone());
    let has_tags = |member: usize| !planned.changes.members[member].tagged.is_empty();
    let lines = presumed.iter().flat_map(|presumed| presumed.lines(discovery, has_tags)).collect();
    Some(Warning { lines, tag, ..Warning::new(codes::TAG_UNCLAIMED, message, help) })
}

/// Tags that look like versions and belong to no package are often a tag format that was not understood.
fn foreign_tags(planned: &Planned, presumed: &[&PresumedTags]) -> Option<Warning> {
    let shapes = planned.changes.foreign_tags.iter();
    let shapes = shapes.filter(|(shape, _)| !presumed.iter().any(|presumed| presumed.format == **shape));
    let which = some(shapes.map(|(shape, tags)| format!("{} × `{}`", tags.len(), clean(shape))).collect())?;
    let new = first_releases(planned).count();
    // Where the configuration says when history begins, it has said what came of these.
    if new == 0 && planned.snapshot.policy.bootstrap_sha.is_some() {
        return None;
    }
    let meaning = if new > 0 { format!(", and {} planned as new", are(new)) } else { String::new() };
    let message = format!("tags that look like versions belong to no package: {which}{meaning}");
    let help =
        "if they are releases of these packages, say how they read with `tag_format` or `formerly`; if not, write:";
    let lines = vec![format!("ignore_warnings = [\"{}\"]", codes::TAG_FOREIGN.as_str())];
    Some(Warning { lines, ..Warning::new(codes::TAG_FOREIGN, message, help) })
}

/// A package may seem never released because its tags lie on other branches.
fn unreached_tags(planned: &Planned) -> Option<Warning> {
    let discovery = &planned.snapshot.discovery;
    let members = discovery.members.iter().zip(&planned.changes.members).enumerate();
    let unreached: Vec<(String, &TagName)> = members
        .filter(|(_, (member, changes))| member.release != Participation::None && !changes.has_range)
        .filter_map(|(index, (member, changes))| {
            let (highest, count) = changes.unreached(discovery.scheme(member))?;
            let name = discovery.short_name(index);
            Some((format!("`{name}` {count} (up to `{}`)", clean(highest.as_str())), highest))
        })
        .collect();
    let tag = unreached.first().map(|(_, tag)| (*tag).clone());
    let which = some(unreached.into_iter().map(|(text, _)| text).collect())?;
    let message = format!("packages are planned as new, and have tags that HEAD does not reach: {which}");
    let help =
        "plan where these tags lie, say with `bootstrap_sha` where history begins, or list them in `ignore_tags`";
    Some(Warning { tag, ..Warning::new(codes::TAG_UNREACHED, message, help) })
}

/// A clone without any tag may be one that left them behind.
fn absent_tags(planned: &Planned) -> Option<Warning> {
    if !planned.changes.tags.is_empty() {
        return None;
    }
    let members = &planned.snapshot.discovery.members;
    let written = first_releases(planned).filter_map(|index| {
        let file = tells_of_present(planned, &members[index])?;
        Some(format!("`{file}` of `{}`", planned.snapshot.discovery.short_name(index)))
    });
    let which = some(written.collect())?;
    let message = format!("this clone has no tags, and changelogs tell of versions that are planned as new: {which}");
    let help = "fetch the tags, as with `git fetch --tags`; if nothing was released yet, write:";
    let lines = vec![format!("ignore_warnings = [\"{}\"]", codes::TAG_ABSENT.as_str())];
    Some(Warning { lines, ..Warning::new(codes::TAG_ABSENT, message, help) })
}

/// Packages that seem new may be none that anybody releases: the tool that releases the others does not list them.
fn unlisted(planned: &Planned) -> Option<Warning> {
    let Snapshot { discovery, tree, .. } = &planned.snapshot;
    let released = release_please::released(tree.as_ref())?;
    let is_listed = |index: &usize| released.contains(&discovery.members[*index].package.path);
    if !(0..discovery.members.len()).any(|index| is_listed(&index)) {
        return None;
    }
    let names: Vec<String> =
        first_releases(planned).filter(|index| !is_listed(index)).map(|index| discovery.short_name(index)).collect();
    let which = some(names.iter().map(|name| format!("`{name}`")).collect())?;
    let message = format!("packages that `.release-please-manifest.json` does not list are planned as new: {which}");
    let help = "if they are not to be released, write at the top of `releasekit.toml`:";
    let lines = names.iter().map(|name| format!("packages.\"{name}\".release = \"none\"")).collect();
    Some(Warning { lines, ..Warning::new(codes::TOOL_UNLISTED, message, help) })
}

/// The changelog that has a heading with a package's present version.
fn tells_of_present(planned: &Planned, member: &Member) -> Option<RepoPath> {
    let version = member.package.version.as_ref()?.as_str();
    let name = member.policy.changelog.as_deref().unwrap_or("CHANGELOG.md");
    let places = [member.package.path.join(name).ok(), RepoPath::new("CHANGELOG.md").ok()];
    places.into_iter().flatten().find(|path| {
        let Ok(Some(bytes)) = planned.snapshot.tree.read(path) else { return false };
        let text = String::from_utf8_lossy(&bytes);
        let mut headings = text.lines().filter(|line| line.starts_with('#'));
        headings.any(|line| {
            line.split([' ', '[', ']', '(', ')', '@']).any(|word| word.strip_prefix('v').unwrap_or(word) == version)
        })
    })
}

/// Versions whose tags are ignored stay taken.
fn spent_versions(planned: &Planned) -> Option<Warning> {
    let members = planned.snapshot.discovery.members.iter().zip(&planned.bumps.0);
    let passed = members.filter_map(|(member, decision)| {
        let (spent, next) = (decision.passed_over.as_ref()?, decision.next.as_ref()?);
        Some(format!("`{}` {spent}, now {next}", member.id))
    });
    let which = some(passed.collect())?;
    let message = format!("versions of tags that `ignore_tags` names stay taken: {which}");
    let help = "raise the version in the package file where another one is wanted";
    Some(Warning::new(codes::VERSION_SPENT, message, help))
}

/// Breaking changes that a squash lists, and that its title says nothing of.
fn undeclared(planned: &Planned) -> impl Iterator<Item = Warning> {
    planned.changes.undeclared.iter().map(|(commit, title)| {
        let (commit, title) = (commit.short(), clean(title));
        let message = format!("{commit} lists `{title}`, which breaks something, and its title does not say so");
        let help = "its title counts; raise the version in the package file where the change has to be told";
        Warning::new(codes::COMMIT_UNDECLARED, message, help)
    })
}

/// Packages for which no version can be planned, those of one cause together, with those that wait for them.
fn refused(planned: &Planned) -> Vec<Warning> {
    let members = &planned.snapshot.discovery.members;
    let mut causes: Vec<(&Refusal, Vec<&PackageId>)> = Vec::new();
    for (member, decision) in members.iter().zip(&planned.bumps.0) {
        let Some(Held::Refused(refusal)) = &decision.held else { continue };
        match causes.iter_mut().find(|(first, _)| *first == refusal) {
            Some((_, all)) => all.push(&member.id),
            None => causes.push((refusal, vec![&member.id])),
        }
    }
    let warning = |(refusal, all): (&Refusal, Vec<&PackageId>)| {
        let (wait, them) = if all.len() == 1 { ("it waits", "it") } else { ("they wait", "them") };
        let mut waiting: Vec<String> = all.into_iter().flat_map(|id| waiting_for(planned, id)).collect();
        waiting.sort();
        waiting.dedup();
        let with = some(waiting).map_or_else(String::new, |which| format!(", and with {them} {which}"));
        let before = if refusal.message.contains('\n') { "\n  " } else { "; " };
        let message = format!("{}{before}{wait}{with}", refusal.message);
        Warning::new(refusal.code, message, refusal.help.clone().unwrap_or_default())
    };
    causes.into_iter().map(warning).collect()
}

/// Packages that wait for what they need: those that wait for one package together.
fn held(planned: &Planned) -> Vec<Warning> {
    let members = &planned.snapshot.discovery.members;
    let mut causes: Vec<(&Held, Vec<Waiting<'_>>)> = Vec::new();
    for (member, decision) in members.iter().zip(&planned.bumps.0) {
        let Some(held @ (Held::Ahead { .. } | Held::Prerelease { .. })) = &decision.held else { continue };
        let waiting = Waiting { id: &member.id, held };
        match causes.iter_mut().find(|(first, _)| needed(first) == needed(held)) {
            Some((_, all)) => all.push(waiting),
            None => causes.push((held, vec![waiting])),
        }
    }
    let warning = |(held, all): (&Held, Vec<Waiting<'_>>)| {
        let code = held.code()?;
        Some(Warning::new(code, wait(planned, held, &all), code.help().unwrap_or_default()))
    };
    causes.into_iter().filter_map(warning).collect()
}

/// Published packages that a run leaves behind what it moves.
fn left_behind(planned: &Planned) -> Option<Warning> {
    let discovery = &planned.snapshot.discovery;
    let left = planned.bumps.0.iter().enumerate().filter_map(|(index, decision)| {
        let behind = decision.left_out.as_ref().and_then(|left_out| left_out.behind.first())?;
        let is_published = discovery.members[index].release == Participation::Publish;
        let behind = discovery.short_name(discovery.index_of(behind).filter(|_| is_published)?);
        Some(format!("`{}` needs `{behind}`", discovery.short_name(index)))
    });
    let which = some(left.collect())?;
    let message = format!("published packages are left behind by what moves without them: {which}");
    Some(Warning::new(codes::GROUP_LEAVES, message, codes::GROUP_LEAVES.help().unwrap_or_default()))
}

/// Packages that are left out, have something to release, and are needed by what moves.
fn left_out(planned: &Planned) -> Option<Warning> {
    let discovery = &planned.snapshot.discovery;
    let moving = (0..planned.bumps.0.len()).filter(|index| planned.bumps.0[*index].next.is_some());
    let needed: BTreeSet<usize> = moving.flat_map(|index| planned.snapshot.graph.closure(index, false)).collect();
    let would = |index: &usize| planned.bumps.0[*index].left_out.as_ref().is_some_and(|left_out| left_out.would_move);
    let which = some(needed.into_iter().filter(would).map(|it| format!("`{}`", discovery.short_name(it))).collect())?;
    let message = format!("what moves needs packages with changes that are not released with it: {which}");
    Some(Warning::new(codes::GROUP_NEEDS, message, codes::GROUP_NEEDS.help().unwrap_or_default()))
}

/// A package that waits, and why.
struct Waiting<'a> {
    id: &'a PackageId,
    held: &'a Held,
}

impl Waiting<'_> {
    /// It, and what it requires of the package that it waits for.
    fn with_requirement(&self) -> String {
        match self.held {
            Held::Ahead { requirement, .. } => format!("`{}` (`{}`)", self.id, clean(requirement)),
            _ => format!("`{}`", self.id),
        }
    }
}

/// What a package waits for: the kind of cause, the package that it needs, and the version that this will have.
fn needed(held: &Held) -> Option<(bool, &PackageId, &Version)> {
    match held {
        Held::Ahead { package, planned, .. } => Some((true, package, planned)),
        Held::Prerelease { package, planned } => Some((false, package, planned)),
        Held::Refused(_) | Held::With { .. } => None,
    }
}

/// Who waits for a package, with those that wait for them, and why.
fn wait(planned: &Planned, held: &Held, all: &[Waiting<'_>]) -> String {
    let because = match (held, all) {
        (Held::Ahead { requirement, package, planned }, [_]) => {
            format!("it requires `{}`, and `{package}` {planned} is planned", clean(requirement))
        }
        (Held::Ahead { package, planned, .. }, _) => {
            format!("they require more than `{package}` {planned}, which is planned")
        }
        (Held::Prerelease { package, planned }, [_]) => {
            format!("its final version would need `{package}` {planned}, which is a prerelease")
        }
        (Held::Prerelease { package, planned }, _) => {
            format!("their final versions would need `{package}` {planned}, which is a prerelease")
        }
        (Held::Refused(_) | Held::With { .. }, _) => return String::new(),
    };
    let mut others: Vec<String> = all.iter().flat_map(|waiting| waiting_for(planned, waiting.id)).collect();
    others.sort();
    others.dedup();
    let others = |before: &str| some(others).map_or_else(String::new, |which| format!("{before} {which}"));
    match all {
        [one] => format!("`{}` waits{}: {because}", one.id, others(", and with it")),
        several => {
            let which = some(several.iter().map(Waiting::with_requirement).collect()).unwrap_or_default();
            format!("{} packages wait, for {because}: {which}{}", several.len(), others("; and with them"))
        }
    }
}

/// Those that wait for a package, and those that wait for them.
fn waiting_for(planned: &Planned, id: &PackageId) -> Vec<String> {
    let mut found = vec![id];
    let members = &planned.snapshot.discovery.members;
    let mut at = 0;
    while let Some(cause) = found.get(at).copied() {
        let waits = members
            .iter()
            .zip(&planned.bumps.0)
            .filter(|(_, decision)| matches!(&decision.held, Some(Held::With { package }) if package == cause));
        found.extend(waits.map(|(member, _)| &member.id));
        at += 1;
    }
    found[1..].iter().map(|id| format!("`{id}`")).collect()
}

fn are(count: usize) -> String {
    format!("{} {}", words::count(count, "package"), words::verb(count, "is", "are"))
}

/// The first few of a list; nothing of an empty one.
fn some(all: Vec<String>) -> Option<String> {
    const SHOWN: usize = 5;
    let more = all.len().saturating_sub(SHOWN);
    let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
    (!all.is_empty()).then(|| format!("{}{rest}", all[..all.len() - more].join(", ")))
}
