//! The tags of a release, made on its commit and pushed together, then set in this clone.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::event::Event;
use releasekit_core::model::{PackageId, TagName, Version};
use releasekit_core::vcs::{BranchTip, Expected, RefUpdate, RemoteRefs, TagRequest};

use crate::error::{Error, Result};
use crate::locate::ReleaseCommit;
use crate::notes;
use crate::plan::{Planned, Row};
use crate::push;
use crate::session::Session;
use crate::{check, locate, words};

/// Makes and pushes the tags that the remote lacks, then sets them here. Gives the names that were new.
///
/// Where a tag is a commit it goes on top of `branch`, which is pushed. That sets no branch here: the tags come with the
/// commits that [`follow`] fetches.
pub(crate) async fn tag(
    session: &Session,
    release: &ReleaseCommit,
    replanned: &Planned,
    remote: &RemoteRefs,
    branch: BranchTip,
) -> Result<Vec<TagName>> {
    let missing = locate::missing(&release.manifest, remote);
    if missing.is_empty() {
        return Ok(missing);
    }
    let policy = &replanned.snapshot.policy;
    let request = TagRequest::new(release.commit.id.clone(), branch, release.commit.time)
        .with_tags(messages(session, release, replanned, &missing).await?)
        .with_sign(policy.sign);
    let updates = session.vcs.tag(&request).await?;
    session.phase(format!("pushing {} to `{}`", words::count(missing.len(), "tag"), policy.remote));
    push::push(session, &policy.remote, &updates).await?;
    if !session.vcs.capabilities().tag_is_commit {
        session.vcs.update_refs(&updates).await?;
    }
    Ok(missing)
}

/// Brings the tags of a release that the remote has into this clone.
///
/// Refuses, before anything is fetched, a release that has a tag elsewhere, there or here: somebody moved it, maybe just
/// after it was pushed. Where tags are read from commits, one that is not to be read from what was pushed is missing.
pub(crate) async fn follow(session: &Session, release: &ReleaseCommit, remote: &RemoteRefs) -> Result<()> {
    check::agreed(session, release, remote).await?;
    let missing = locate::missing(&release.manifest, remote);
    if session.vcs.capabilities().tag_is_commit && !missing.is_empty() {
        return Err(Error::NotTagged { missing });
    }
    let here: BTreeSet<TagName> = session.vcs.tags().await?.into_iter().map(|tag| tag.name).collect();
    let absent: Vec<_> = release.tags().filter(|tag| !here.contains(*tag)).filter_map(|tag| remote.tag(tag)).collect();
    if absent.is_empty() {
        return Ok(());
    }
    let objects: Vec<_> = absent.iter().map(|found| found.object.clone()).collect();
    session.vcs.fetch(&session.policies.current().remote, &objects).await?;
    let update = |found: &&releasekit_core::vcs::RemoteRef| {
        RefUpdate::new(found.name.clone(), Some(found.object.clone()), Expected::Absent)
    };
    session.vcs.update_refs(&absent.iter().map(update).collect::<Vec<_>>()).await?;
    session.report(Event::Phase(format!("{} fetched from the remote", words::count(absent.len(), "tag"))));
    Ok(())
}

/// The tags' messages: the package, the version, and its notes as they stand at the release commit.
async fn messages(
    session: &Session,
    release: &ReleaseCommit,
    replanned: &Planned,
    missing: &[TagName],
) -> Result<Vec<(TagName, String)>> {
    let wanted =
        release.manifest.packages.iter().filter(|row| row.tag.as_ref().is_some_and(|tag| missing.contains(tag)));
    let rows: Vec<&Row> = wanted.collect();
    let bodies = bodies(session, release, replanned, &rows).await?;
    let mut by_tag: BTreeMap<TagName, String> = BTreeMap::new();
    for row in rows {
        let (Some(tag), Some(next)) = (&row.tag, &row.next) else { continue };
        let body = bodies.get(&row.id()).map(String::as_str).unwrap_or_default();
        let entry = by_tag.entry(tag.clone()).or_default();
        if !entry.is_empty() {
            entry.push('\n');
        }
        entry.push_str(format!("{} {next}\n\n{body}", row.name).trim_end());
        entry.push('\n');
    }
    let umbrella = release.manifest.umbrella.as_ref().filter(|tag| missing.contains(tag));
    by_tag.extend(umbrella.map(|tag| (tag.clone(), summary(tag, &release.manifest.packages))));
    Ok(by_tag.into_iter().collect())
}

/// What an umbrella tag says: what it stands for.
fn summary(tag: &TagName, rows: &[Row]) -> String {
    let line = |row: &Row| Some(format!("{} {}\n", row.name, row.next.as_ref()?));
    format!("{tag}\n\n{}", rows.iter().filter_map(line).collect::<String>())
}

/// The notes of packages without their headings.
async fn bodies(
    session: &Session,
    release: &ReleaseCommit,
    replanned: &Planned,
    rows: &[&Row],
) -> Result<BTreeMap<PackageId, String>> {
    let date = notes::date_of(&release.commit);
    let (mut packages, mut notes) = (Vec::new(), Vec::new());
    for row in rows {
        let index = replanned.snapshot.discovery.index_of(&row.id());
        let (Some(index), Some(next)) = (index, &row.next) else { continue };
        packages.push((row.id(), next));
        notes.push(notes::for_member(replanned, index, next, &date)?);
    }
    let template = notes::template(replanned)?;
    let texts = notes::to_markdown(&notes, template.as_deref(), session.context.templates.as_deref()).await?;
    let below = |((id, next), text): ((PackageId, &Version), &String)| {
        let lines: Vec<&str> = notes::below_heading(text, next).lines().collect();
        (id, lines.join("\n"))
    };
    Ok(packages.into_iter().zip(&texts).map(below).collect())
}
