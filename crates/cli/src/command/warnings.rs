//! What looks as if it meant something to a plan, and does not count. Each has a code, and is not said again where
//! `ignore_warnings` names it.

use releasekit_core::Code;
use releasekit_core::event::{Event, Reporter};
use releasekit_core::model::PackageId;
use releasekit_core::policy::Participation;
use releasekit_engine::bump::{Held, Reason};
use releasekit_engine::history::PresumedTags;
use releasekit_engine::plan::Planned;

use crate::codes;
use crate::render::style::clean;

/// Something that a maintainer should know of a plan.
#[derive(Debug)]
pub(crate) struct Warning {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// Says what there is to warn of.
pub(crate) fn say(planned: &Planned, reporter: &dyn Reporter) {
    for Warning { code, message, help } in of(planned) {
        reporter.report(Event::Warning { code: Some(code), message, help: Some(help) });
    }
}

/// What there is to warn of, but for what the configuration has settled.
pub(crate) fn of(planned: &Planned) -> Vec<Warning> {
    let all = [foreign_tags(planned), unreached_tags(planned), spent_versions(planned)];
    let mut all: Vec<Warning> = all.into_iter().flatten().chain(undeclared(planned)).chain(held(planned)).collect();
    let settled = &planned.snapshot.policy.ignore_warnings;
    all.retain(|warning| !settled.iter().any(|code| code == warning.code.as_str()));
    all
}

/// Whether what would be released first seems to have been released before, under tags that do not count.
pub(crate) fn doubts_first_releases(planned: &Planned, warnings: &[Warning]) -> bool {
    let is_first = |reason: &Reason| *reason == Reason::FirstRelease;
    let has_first = planned.plan.included().any(|row| row.reasons.iter().any(is_first));
    has_first && warnings.iter().any(|it| it.code == codes::TAG_FOREIGN || it.code == codes::TAG_UNREACHED)
}

/// Tags that look like versions and belong to no package are often a tag format that was not understood.
fn foreign_tags(planned: &Planned) -> Option<Warning> {
    let shapes = planned.changes.foreign_tags.iter();
    let which = some(shapes.map(|(shape, count)| format!("{count} × `{}`", clean(shape))).collect())?;
    let help = match planned.changes.presumed_tags.first() {
        Some(shared) => together(planned, shared),
        None => "if they are releases of these packages, say how they read with `tag_format` or `formerly`".to_owned(),
    };
    let message = format!("tags that look like versions belong to no package: {which}");
    Some(Warning { code: codes::TAG_FOREIGN, message, help })
}

/// What to write where packages have the version of a tag that is none of theirs alone.
fn together(planned: &Planned, shared: &PresumedTags) -> String {
    let (count, tag, format) = (shared.members.len(), clean(shared.tag.as_str()), &shared.format);
    let members = planned.snapshot.discovery.members.iter();
    let released = members.filter(|member| member.release != Participation::None).count();
    let how = if count == released {
        "say `synchronize = true`".to_owned()
    } else {
        format!(
            "put them into a group of their own, with `versioning = \"fixed\"` and `tag_format = \"{format}\"` in \
             `[groups.NAME]`"
        )
    };
    format!("{count} packages have the version of `{tag}`: if they are released together, {how}")
}

/// A package may seem never released because its tags lie on other branches.
fn unreached_tags(planned: &Planned) -> Option<Warning> {
    let discovery = &planned.snapshot.discovery;
    let members = discovery.members.iter().zip(&planned.changes.members);
    let unreached =
        members.filter(|(member, _)| member.release != Participation::None).filter_map(|(member, changes)| {
            let (highest, count) = changes.unreached(discovery.scheme(member))?;
            Some(format!("`{}` {count} (up to `{}`)", member.id, clean(highest.as_str())))
        });
    let which = some(unreached.collect())?;
    Some(Warning {
        code: codes::TAG_UNREACHED,
        message: format!("packages seem never released, and have tags that HEAD does not reach: {which}"),
        help: "plan where these tags lie, say with `bootstrap_sha` where history begins, or list them in `ignore_tags`"
            .to_owned(),
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
    Some(Warning {
        code: codes::VERSION_SPENT,
        message: format!("versions of tags that `ignore_tags` names stay taken: {which}"),
        help: "raise the version in the package file where another one is wanted".to_owned(),
    })
}

/// Breaking changes that a squash lists, and that its title says nothing of.
fn undeclared(planned: &Planned) -> impl Iterator<Item = Warning> {
    planned.changes.undeclared.iter().map(|(commit, title)| Warning {
        code: codes::COMMIT_UNDECLARED,
        message: format!(
            "{} lists `{}`, which breaks something, and its title does not say so",
            commit.short(),
            clean(title)
        ),
        help: "its title counts; raise the version in the package file where the change has to be told".to_owned(),
    })
}

/// Packages that wait for what they need, each cause with those that wait for it.
fn held(planned: &Planned) -> impl Iterator<Item = Warning> {
    let members = &planned.snapshot.discovery.members;
    let causes = members.iter().zip(&planned.bumps.0).filter_map(|(member, decision)| {
        let held = decision.held.as_ref()?;
        let because = match held {
            Held::Ahead { requirement, package, planned } => {
                format!("it requires `{}`, and `{package}` {planned} is planned", clean(requirement))
            }
            Held::Prerelease { package, planned } => {
                format!("its final version would need `{package}` {planned}, which is a prerelease")
            }
            Held::With { .. } => return None,
        };
        Some((held.code()?, &member.id, because))
    });
    causes.map(|(code, id, because)| {
        let waiting = waiting_for(planned, id);
        let others = if waiting.is_empty() { String::new() } else { format!(", and with it {}", waiting.join(", ")) };
        let help = code.help().unwrap_or_default().to_owned();
        Warning { code, message: format!("`{id}` waits{others}: {because}"), help }
    })
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

/// The first few of a list; nothing of an empty one.
fn some(all: Vec<String>) -> Option<String> {
    const SHOWN: usize = 5;
    let more = all.len().saturating_sub(SHOWN);
    let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
    (!all.is_empty()).then(|| format!("{}{rest}", all[..all.len() - more].join(", ")))
}
