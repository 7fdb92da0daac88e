//! Which commit is to be released: judged from the manifest in HEAD's tree and the remote's tags, never from a forge.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::{CommitId, PackageId, RepoPath, TagName, Version};
use releasekit_core::vcs::{CommitInfo, Lack, PathRun, RemoteRefs};
use releasekit_core::{Diagnostic, ErrorKind};

use crate::branch;
use crate::bump::Reason;
use crate::error::{Astray, Error, Result};
use crate::manifest::{self, Manifest};
use crate::plan::Row;
use crate::session::Session;
use crate::words;

/// The commit that brought a manifest onto its branch.
#[derive(Debug, Clone)]
pub struct ReleaseCommit {
    /// The commit: R.
    pub commit: CommitInfo,
    /// What it releases.
    pub manifest: Manifest,
    /// The manifest's file.
    pub path: RepoPath,
}

/// What a manifest in HEAD's tree asks for.
#[derive(Debug, Clone)]
pub enum Located {
    /// It has no row: it asks for nothing, and `prepare` does not write such.
    Empty,
    /// All its tags are there.
    Released(ReleaseCommit),
    /// Some of its tags, or all, are missing or elsewhere.
    Pending(ReleaseCommit),
}

impl Located {
    /// The release that it asks for.
    pub fn release(&self) -> Option<&ReleaseCommit> {
        match self {
            Self::Empty => None,
            Self::Released(release) | Self::Pending(release) => Some(release),
        }
    }

    /// Whether it waits for its tags.
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::Pending(_))
    }
}

impl ReleaseCommit {
    /// The tags that it wants, in order; one that packages share is there once.
    pub fn tags(&self) -> impl Iterator<Item = &TagName> {
        self.manifest.tags().into_iter()
    }

    /// Whether its manifest releases a package for the first time.
    pub(crate) fn is_first(&self, package: &PackageId) -> bool {
        let row = self.manifest.packages.iter().find(|row| row.id() == *package);
        row.is_some_and(|row| row.reasons.contains(&Reason::FirstRelease))
    }

    /// Its tags are on its commit, and that is not the one that brought its manifest.
    pub(crate) fn astray(&self, astray: Astray) -> Error {
        Error::TagsAstray { tags: self.tags().cloned().collect(), at: self.commit.id.clone(), astray }
    }
}

/// Judges each manifest of a commit by itself. The oldest release comes first; one that is released, and all of whose
/// packages were released again since, is left out.
pub async fn locate(session: &Session, head: &CommitId, remote: &RemoteRefs) -> Result<Vec<Located>> {
    let tree = session.vcs.tree(head).await?;
    let mut found = Vec::new();
    for path in manifest::paths(tree.as_ref())? {
        let Some(manifest) = Manifest::of(tree.as_ref(), &path)? else { continue };
        found.push(judge(session, head, (manifest, path), remote).await?);
    }
    let mut found = oldest_first(session, found, Located::release).await?;
    let is_pending: Vec<bool> = found.iter().map(Located::is_pending).collect();
    let replaced = replaced(&found.iter().map(|located| located.release()).collect::<Vec<_>>());
    let mut index = 0..;
    found.retain(|_| index.next().is_some_and(|at| is_pending[at] || !replaced[at]));
    Ok(found)
}

async fn judge(
    session: &Session,
    head: &CommitId,
    (manifest, path): (Manifest, RepoPath),
    remote: &RemoteRefs,
) -> Result<Located> {
    if manifest.packages.is_empty() {
        return Ok(Located::Empty);
    }
    // Tags first, and history only where they are missing: a released manifest is found in a clone of depth 1, and no later
    // commit that touches the file makes it look unreleased.
    if let Some(release) = released_at(session, head, (&manifest, &path), remote).await? {
        return Ok(Located::Released(release));
    }
    let runs = session.vcs.path_runs(head, &path).await?;
    // The oldest commit of the unbroken run is the one that brought these rows. What was deleted or reverted and came back
    // starts a new run, so it is released where it came back.
    let run = run_of(&runs, &manifest)?;
    if run.cut {
        return Err(session.lacks(Lack::History(run.oldest)));
    }
    warn_of_replaced(session, &runs, &run, remote);
    Ok(Located::Pending(describe(session, &run.oldest, (manifest, path)).await?))
}

/// Orders releases so that whoever stands on others comes after them; what is no release comes first.
async fn oldest_first<T>(
    session: &Session,
    found: Vec<T>,
    release: fn(&T) -> Option<&ReleaseCommit>,
) -> Result<Vec<T>> {
    if found.len() < 2 {
        return Ok(found);
    }
    let commits: BTreeSet<CommitId> = found.iter().filter_map(release).map(|found| found.commit.id.clone()).collect();
    let ranked = session.ranked(&commits.into_iter().collect::<Vec<_>>()).await?;
    let ranks: BTreeMap<CommitId, usize> = ranked.into_iter().map(|(rank, commit)| (commit, rank)).collect();
    let mut found = found;
    found.sort_by_key(|located| release(located).and_then(|found| ranks.get(&found.commit.id)).copied());
    Ok(found)
}

fn itself(release: &ReleaseCommit) -> Option<&ReleaseCommit> {
    Some(release)
}

/// Which releases hold no package that a later one of them does not hold.
fn replaced(releases: &[Option<&ReleaseCommit>]) -> Vec<bool> {
    let packages = |release: &Option<&ReleaseCommit>| -> BTreeSet<PackageId> {
        release.iter().flat_map(|release| release.manifest.packages.iter().map(Row::id)).collect()
    };
    let is_replaced = |index: usize| {
        let later: BTreeSet<PackageId> = releases[index + 1..].iter().flat_map(packages).collect();
        releases[index].is_some() && packages(&releases[index]).is_subset(&later)
    };
    (0..releases.len()).map(is_replaced).collect()
}

/// The commit that a manifest was released at: all its tags are on it, HEAD leads to it, and it brought the manifest.
/// A manifest that is faulty by itself was not released, whatever tags there are.
async fn released_at(
    session: &Session,
    head: &CommitId,
    (manifest, path): (&Manifest, &RepoPath),
    remote: &RemoteRefs,
) -> Result<Option<ReleaseCommit>> {
    let Some(commit) = tagged_at(manifest, remote).filter(|_| manifest.faults().is_empty()) else {
        return Ok(None);
    };
    if session.vcs.ancestors_among(std::slice::from_ref(&commit), head).await? != [true] {
        return Ok(None);
    }
    let release = describe(session, &commit, (manifest.clone(), path.clone())).await?;
    Ok(if astray(session, &release).await?.is_none() { Some(release) } else { None })
}

/// Why the commit of a release is not the one that brought its manifest; `None` where it is, as far as this clone can tell.
///
/// Looks at the commit and its first parent alone, so that it holds after reverts, on other branches and at the end of a
/// shallow clone.
pub(crate) async fn astray(session: &Session, release: &ReleaseCommit) -> Result<Option<Astray>> {
    let ReleaseCommit { commit, manifest, path } = release;
    let held = async |commit: &CommitId| {
        let content = session.vcs.tree(commit).await?.read(path)?;
        Ok::<_, Error>(content.map(|content| Manifest::from_json(&content, path.as_str()).ok()))
    };
    let is_same = |found: &Option<Manifest>| found.as_ref().is_some_and(|found| found.asks_as(manifest));
    match held(&commit.id).await? {
        None => return Ok(Some(Astray::NoManifest)),
        Some(found) if !is_same(&found) => return Ok(Some(Astray::OtherManifest)),
        Some(_) => {}
    }
    let Some(parent) = commit.parents.first() else { return Ok(None) };
    match held(parent).await {
        Ok(Some(found)) if is_same(&found) => Ok(Some(Astray::Later)),
        // A partial clone lacks files that it has never shown: this one is another than the commit's own.
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(None),
    }
}

/// The releases that `publish` works on, the oldest first: those of the manifests of HEAD's tree whose tags the remote has, at
/// the commits that these are on, which HEAD must lead to. What the clone lacks of them is fetched.
///
/// A manifest that cannot be published stops no other. Where none is tagged, that is an error.
pub async fn tagged(session: &Session, head: &CommitId, remote: &RemoteRefs) -> Result<Vec<Result<ReleaseCommit>>> {
    let mut found = Vec::new();
    for path in manifests(session, head).await? {
        found.push(reached(session, head, &path, remote).await);
    }
    let is_tagged = |found: &Result<ReleaseCommit>| !matches!(found, Err(Error::NotTagged { .. }));
    if found.iter().any(is_tagged) {
        found.retain(is_tagged);
    } else {
        found.truncate(1);
    }
    let found = oldest_first(session, found, |found| found.as_ref().ok()).await?;
    let replaced = replaced(&found.iter().map(|found| found.as_ref().ok()).collect::<Vec<_>>());
    Ok(found.into_iter().zip(replaced).filter(|(_, replaced)| !replaced).map(|(found, _)| found).collect())
}

async fn reached(session: &Session, head: &CommitId, path: &RepoPath, remote: &RemoteRefs) -> Result<ReleaseCommit> {
    let release = tagged_in(session, head, path, remote).await?;
    let commit = std::slice::from_ref(&release.commit.id);
    let leads_there = session.vcs.ancestors_among(commit, head).await? == [true];
    // Where history is cut nothing is concluded from what is not found.
    if leads_there || session.vcs.head().await?.shallow {
        return Ok(release);
    }
    Err(release.astray(Astray::Unrelated))
}

/// The same for a commit that the user names, wherever HEAD is: the releases that it brought, else the newest that it holds.
pub async fn tagged_by_name(session: &Session, revision: &str, remote: &RemoteRefs) -> Result<Vec<ReleaseCommit>> {
    let holder = resolve(session, revision).await?;
    let mut found = Vec::new();
    for path in manifests(session, &holder).await? {
        found.push(tagged_in(session, &holder, &path, remote).await);
    }
    meant(session, &holder, found).await
}

/// The paths of the manifests of a commit, which has at least one.
async fn manifests(session: &Session, commit: &CommitId) -> Result<Vec<RepoPath>> {
    let paths = manifest::paths(session.vcs.tree(commit).await?.as_ref())?;
    if paths.is_empty() { Err(Error::NoManifest) } else { Ok(paths) }
}

/// Which of the releases that a commit holds is meant by its name: those that it brought, else the one that came last. What is
/// wrong with another one does not matter.
async fn meant(session: &Session, holder: &CommitId, found: Vec<Result<ReleaseCommit>>) -> Result<Vec<ReleaseCommit>> {
    let (releases, mut errors): (Vec<_>, Vec<_>) = found.into_iter().partition(Result::is_ok);
    let releases: Vec<ReleaseCommit> = releases.into_iter().flatten().collect();
    let brought: Vec<ReleaseCommit> = releases.iter().filter(|it| it.commit.id == *holder).cloned().collect();
    if !brought.is_empty() {
        return Ok(brought);
    }
    match errors.pop() {
        Some(error) => error.map(|release| vec![release]),
        None => Ok(oldest_first(session, releases, itself).await?.pop().into_iter().collect()),
    }
}

async fn tagged_in(
    session: &Session,
    holder: &CommitId,
    path: &RepoPath,
    remote: &RemoteRefs,
) -> Result<ReleaseCommit> {
    let tree = session.vcs.tree(holder).await?;
    let manifest = Manifest::of(tree.as_ref(), path)?.ok_or(Error::NoManifest)?;
    Error::raise(manifest.faults().into_iter().map(Error::ManifestFault))?;
    let missing = missing(&manifest, remote);
    if !missing.is_empty() {
        return Err(Error::NotTagged { missing });
    }
    let commit = tagged_at(&manifest, remote).ok_or_else(|| apart(&manifest, remote))?;
    branch::know(session, &session.policies.current(), &commit).await?;
    let release = describe(session, &commit, (manifest, path.clone())).await?;
    match astray(session, &release).await? {
        Some(why) => Err(release.astray(why)),
        None => Ok(release),
    }
}

fn apart(manifest: &Manifest, remote: &RemoteRefs) -> Error {
    let place = |tag: &TagName| Some((tag.clone(), remote.tag(tag)?.commit.clone()));
    Error::TagsApart { tags: manifest.tags().into_iter().filter_map(place).collect() }
}

/// The commit that a user names.
pub async fn resolve(session: &Session, revision: &str) -> Result<CommitId> {
    let missing = || session.lacks(Lack::Commit { name: revision.to_owned(), setting: None });
    session.vcs.resolve(revision).await?.ok_or_else(missing)
}

/// The releases that a commit brought, named by the user; a later commit leads to the newest that it holds.
pub async fn named(session: &Session, revision: &str) -> Result<Vec<ReleaseCommit>> {
    let commit = resolve(session, revision).await?;
    let mut found = Vec::new();
    for path in manifests(session, &commit).await? {
        found.push(brought_by(session, &commit, &path).await);
    }
    meant(session, &commit, found).await
}

/// The release whose manifest a commit holds at a path.
pub(crate) async fn brought_by(session: &Session, commit: &CommitId, path: &RepoPath) -> Result<ReleaseCommit> {
    let tree = session.vcs.tree(commit).await?;
    let manifest = Manifest::of(tree.as_ref(), path)?.ok_or(Error::NoManifest)?;
    let run = run_of(&session.vcs.path_runs(commit, path).await?, &manifest)?;
    let brought = if run.cut { commit } else { &run.oldest };
    describe(session, brought, (manifest, path.clone())).await
}

/// A commit whose manifest releases this version of a package, as `publish --release` takes it; `None` where it is none, or
/// where this clone lacks it.
pub(crate) async fn brought(
    session: &Session,
    commit: &CommitId,
    package: &PackageId,
    version: &Version,
) -> Result<Option<CommitId>> {
    let Some(commit) = session.vcs.resolve(commit.as_str()).await? else { return Ok(None) };
    let tree = session.vcs.tree(&commit).await?;
    let releases = |row: &Row| row.id() == *package && row.next.as_ref() == Some(version);
    for path in manifest::paths(tree.as_ref())? {
        let Ok(Some(manifest)) = Manifest::of(tree.as_ref(), &path) else { continue };
        if manifest.packages.iter().any(releases) {
            return Ok(Some(commit));
        }
    }
    Ok(None)
}

async fn describe(
    session: &Session,
    commit: &CommitId,
    (manifest, path): (Manifest, RepoPath),
) -> Result<ReleaseCommit> {
    Ok(ReleaseCommit { commit: session.describe(commit).await?, manifest, path })
}

/// The one commit that all tags of a manifest point to.
fn tagged_at(manifest: &Manifest, remote: &RemoteRefs) -> Option<CommitId> {
    let found: Option<BTreeSet<&CommitId>> =
        manifest.tags().into_iter().map(|tag| Some(&remote.tag(tag)?.commit)).collect();
    match found?.into_iter().collect::<Vec<_>>().as_slice() {
        [commit] => Some((*commit).clone()),
        _ => None,
    }
}

/// The tags of a manifest that the remote lacks, each once.
pub fn missing(manifest: &Manifest, remote: &RemoteRefs) -> Vec<TagName> {
    manifest.tags().into_iter().filter(|tag| remote.tag(tag).is_none()).cloned().collect()
}

/// The unbroken run back from the start over which the manifest holds these rows, compared as values.
fn run_of(runs: &[PathRun], manifest: &Manifest) -> Result<PathRun> {
    let mut same = Vec::new();
    for run in runs {
        match read(run) {
            Some(found) if found.asks_as(manifest) => same.push(run),
            _ => break,
        }
    }
    match (same.first(), same.last()) {
        (Some(newest), Some(oldest)) => {
            let PathRun { oldest, content, cut, .. } = (*oldest).clone();
            Ok(PathRun::new(newest.newest.clone(), oldest, content, cut))
        }
        _ => Err(Error::NoManifest),
    }
}

/// The manifest of a run; one of the past that cannot be read is no manifest, for nobody can mend it any more.
fn read(run: &PathRun) -> Option<Manifest> {
    Manifest::from_json(run.content.as_deref()?, crate::manifest::PATH).ok()
}

/// Warns of a manifest that was replaced before it was released, other than by a revert or on request.
fn warn_of_replaced(session: &Session, runs: &[PathRun], run: &PathRun, remote: &RemoteRefs) {
    let mut older =
        runs.iter().skip_while(|other| other.newest != run.newest).skip_while(|other| other.oldest != run.oldest);
    let Some(before) = older.nth(1) else { return };
    let replaced = read(before);
    let current = runs.first().and_then(read);
    let on_purpose = current.is_some_and(|manifest| manifest.options.supersede);
    if let Some(replaced) = replaced.filter(|manifest| !on_purpose && !missing(manifest, remote).is_empty()) {
        let message = format!(
            "a manifest of {}, brought by {}, was replaced before it was released",
            words::count(replaced.packages.len(), "package"),
            before.oldest.short()
        );
        session.warn(
            message,
            Some("their versions were never tagged; `prepare` has counted from the tags before them".to_owned()),
        );
    }
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::BranchName;

    use super::*;
    use crate::manifest::PlanOptions;
    use crate::plan::SCHEMA;

    fn run(commit: &str, content: Option<&str>) -> PathRun {
        let commit = CommitId::new(commit);
        let content = content.map(|text| text.as_bytes().to_vec());
        PathRun::new(commit.clone(), commit, content, false)
    }

    #[test]
    fn a_manifest_of_the_past_that_cannot_be_read_ends_the_run_and_blocks_nothing() {
        let manifest = Manifest {
            schema: SCHEMA,
            base: CommitId::new("a"),
            branch: BranchName::new("main"),
            options: PlanOptions::default(),
            umbrella: None,
            packages: Vec::new(),
        };
        let text = manifest.to_json();
        let compact = serde_json::to_string(&manifest).expect("a manifest is JSON");
        let runs = [run("3", Some(&text)), run("2", Some(&compact)), run("1", Some("{")), run("0", Some(&text))];
        let found = run_of(&runs, &manifest).expect("HEAD holds it");
        assert_eq!((found.newest.as_str(), found.oldest.as_str()), ("3", "2"));
    }
}
