//! What happened to each package since its own last release. One pass over the history for all packages.

mod change;
mod fork;
mod merges;
mod outrun;
mod owners;
mod requirements;
mod reverts;
mod said;
mod take;
mod trailers;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use releasekit_core::VersionScheme;
use releasekit_core::model::{Bump, CommitId, Package, PackageId, RepoPath, TagName, Version};
use releasekit_core::policy::{BumpSource, Participation};
use releasekit_core::vcs::{Head, History, HistoryRequest, Lack, Scope, Tag};

pub use self::change::{AskedVersion, Change, Idle, Level};
pub use self::fork::{fork, newest};
pub(crate) use self::outrun::OF_GROUPS;
pub use self::requirements::RequirementChange;
use crate::change_files::{self, ChangeFile};
use crate::changeset;
use crate::discover::{Discovery, Member};
use crate::error::{Error, Result};
use crate::globs::globs;
pub use crate::naming::PresumedTags;
use crate::naming::{Known, Naming, TagIndex};
use crate::session::{Session, Snapshot};
use crate::tag_format;
use owners::Owners;
use said::Sayings;
use take::Taking;

/// Folders of release tools, whose changes move nobody. The version control system adds its own.
pub(crate) const IGNORED: &[&str] = &[".releasekit", changeset::FOLDER];

/// A package's last release in this history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The version.
    pub version: Version,
    /// Its tag.
    pub tag: TagName,
    /// Where the tag leads.
    pub commit: CommitId,
}

/// What happened to a package in all prereleases since a final version, and after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinceFinal {
    /// The final version.
    pub version: Version,
    /// The commits since then, newest first.
    pub commits: Vec<Change>,
    /// Those that do not count by what they touched, and that move it by a trailer, newest first.
    pub addressed: Vec<Change>,
}

/// What a change file asks of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedByFile {
    /// The file.
    pub file: Arc<ChangeFile>,
    /// How far the package is to move; perhaps not at all.
    pub bump: Bump,
}

/// What happened to one package.
#[derive(Debug, Clone, Default)]
pub struct MemberChanges {
    /// Its last release that HEAD reaches.
    pub last: Option<Baseline>,
    /// The commits since then, newest first; empty for a first release.
    pub commits: Vec<Change>,
    /// Commits since then that do not count by what they touched, and that move it by a trailer, newest first.
    pub addressed: Vec<Change>,
    /// The versions that commits since then ask for, newest first.
    pub asked: Vec<AskedVersion>,
    /// What change files ask for, in the order of their paths.
    pub by_files: Vec<AskedByFile>,
    /// What happened since the last final version, where the last release is a prerelease.
    pub since_final: Option<SinceFinal>,
    /// Commits that say something and do not count, newest first, with why.
    pub idle: Vec<(Change, Idle)>,
    /// Whether commits were looked for at all: there is a last release, or history has a configured beginning.
    pub has_range: bool,
    /// The requirements that it publishes otherwise than its last release did.
    pub requires_otherwise: Vec<RequirementChange>,
    /// The dependencies that were released since its own last release, without it, by their indexes.
    pub outrun_by: BTreeSet<usize>,
    /// The versions that tags give to it, wherever they lie: these are taken.
    pub tagged: Vec<(Version, TagName)>,
    /// Those of them that the configuration says were never released.
    pub ignored: BTreeSet<TagName>,
}

impl MemberChanges {
    /// What a change file asks of it.
    pub fn by_file(&self, path: &RepoPath) -> Option<&AskedByFile> {
        self.by_files.iter().filter(|asked| asked.file.path == *path).max_by_key(|asked| asked.bump)
    }

    /// How far change files move it.
    pub fn bump_by_files(&self) -> Bump {
        self.by_files.iter().map(|asked| asked.bump).max().unwrap_or_default()
    }

    /// Whether trailers have a say in how it moves.
    pub fn has_trailers(&self) -> bool {
        !self.asked.is_empty() || !self.addressed.is_empty() || self.commits.iter().any(|it| it.level.is_some())
    }

    /// The highest tag of a package of which HEAD reaches none, and how many it has: then `never released` is not the whole
    /// truth. Tags that are to be ignored do not count.
    pub fn unreached(&self, scheme: &dyn VersionScheme) -> Option<(&TagName, usize)> {
        if self.last.is_some() {
            return None;
        }
        let tags = || self.tagged.iter().filter(|(_, tag)| !self.ignored.contains(tag));
        let (_, highest) = tags().max_by(|a, b| scheme.compare(&a.0, &b.0))?;
        Some((highest, tags().count()))
    }
}

/// What happened to every package, by its index in the discovery.
#[derive(Debug, Clone)]
pub struct Changes {
    /// The commit that was looked at.
    pub head: CommitId,
    /// The packages' histories.
    pub members: Vec<MemberChanges>,
    /// The change files that count, in the order of their paths.
    pub files: Vec<Arc<ChangeFile>>,
    /// The file that says that change files make no more prereleases, and that every line of them becomes final.
    pub leaves_prereleases: Option<RepoPath>,
    /// Which tags are whose.
    pub(crate) naming: Naming,
    /// All tags, and where they lead.
    pub tags: BTreeMap<TagName, CommitId>,
    /// Tags that look like versions and belong to no package, by shape.
    pub foreign_tags: BTreeMap<String, Vec<TagName>>,
    /// Tags that are nobody's, or another package's, and that packages seem to have been released under.
    pub presumed_tags: Vec<PresumedTags>,
    /// Breaking changes that a squash lists and its title, which counts, does not declare: the commit, and what it lists.
    pub undeclared: Vec<(CommitId, String)>,
}

/// Reads the history of a commit's packages. Fails where the answer lies in history that the clone lacks.
pub async fn changes(session: &Session, snapshot: &Snapshot, head: &Head) -> Result<Changes> {
    let tags = session.vcs.tags().await?;
    changes_with_tags(session, snapshot, head, &tags).await
}

/// The same with given tags, as when a plan of the past is made again.
pub(crate) async fn changes_with_tags(
    session: &Session,
    snapshot: &Snapshot,
    head: &Head,
    tags: &[Tag],
) -> Result<Changes> {
    let owned = OwnedTags::of(snapshot, tags)?;
    let at = At { session, snapshot, head: &head.commit };
    let baselines = baselines(at, tags, &owned).await?;
    let bootstrap = bootstrap(session, snapshot).await?;
    let (baselines, finals): (Vec<_>, Vec<_>) = baselines.into_iter().map(|last| (last.last, last.last_final)).unzip();
    refuse_shallow(session, snapshot, head, &baselines)?;
    let since = Since::new(finals);
    let mut scopes = scopes(at, &baselines, bootstrap.as_ref());
    scopes.extend(since.scopes(&scopes));
    let sayings = Arc::new(Sayings::default());
    let judge = Owners::of(snapshot, &since.members(), sayings.clone());
    // Threads walk, and this one would have nothing to do until they are back.
    let (history, requirements) =
        tokio::join!(walk(at, scopes, judge), requirements::changed(session, snapshot, &baselines));
    let (history, requirements) = (history?, requirements?);
    let outrun = outrun::outrun(at, &baselines).await?;
    let (foreign_tags, presumed_tags) = owned.others(snapshot);
    let OwnedTags { naming, versions, ignored, .. } = owned;
    let mut members = Vec::new();
    let found = baselines.into_iter().zip(requirements).zip(versions).zip(outrun);
    for (((last, requires_otherwise), tagged), outrun_by) in found {
        let ignored: BTreeSet<TagName> =
            tagged.iter().map(|it| it.1.clone()).filter(|tag| ignored.contains(tag)).collect();
        let has_range = last.is_some() || bootstrap.is_some();
        members.push(MemberChanges {
            last,
            has_range,
            requires_otherwise,
            outrun_by,
            tagged,
            ignored,
            ..MemberChanges::default()
        });
    }
    let mut changes = Changes {
        head: head.commit.clone(),
        members,
        files: Vec::new(),
        leaves_prereleases: None,
        naming,
        foreign_tags,
        presumed_tags,
        tags: tags.iter().map(|tag| (tag.name.clone(), tag.commit.clone())).collect(),
        undeclared: Vec::new(),
    };
    Taking::new(session, snapshot, &since, &sayings, &mut changes).take(&history).await?;
    if snapshot.policy.counts(BumpSource::ChangeFiles) {
        changes.add_files(change_files::read(snapshot.tree.as_ref(), &snapshot.discovery)?);
        changes.leaves_prereleases = change_files::leaves_prereleases(snapshot.tree.as_ref())?;
    }
    Ok(changes)
}

impl Changes {
    /// Lets change files count.
    pub(crate) fn add_files(&mut self, files: Vec<Arc<ChangeFile>>) {
        for file in &files {
            for ask in &file.asks {
                self.members[ask.member].by_files.push(AskedByFile { file: file.clone(), bump: ask.bump });
            }
        }
        self.files.extend(files);
    }

    /// Lets count again what change files said that a release used up which never came to be. The files are gone.
    pub(crate) fn take_back(&mut self, discovery: &Discovery, used: &[(PackageId, AskedByFile)]) {
        for (package, asked) in used {
            let Some(index) = discovery.index_of(package) else { continue };
            let known = &mut self.members[index].by_files;
            if !known.contains(asked) {
                known.push(asked.clone());
            }
        }
    }
}

/// The version that each package has at a commit: that of its files, else of its highest tag that the commit reaches.
pub(crate) async fn present_versions(
    session: &Session,
    snapshot: &Snapshot,
    commit: &CommitId,
) -> Result<Vec<Option<Version>>> {
    let members = &snapshot.discovery.members;
    if members.iter().all(|member| member.package.version.is_some() || member.release == Participation::None) {
        return Ok(members.iter().map(|member| member.package.version.clone()).collect());
    }
    let tags = session.vcs.tags().await?;
    let owned = OwnedTags::of(snapshot, &tags)?;
    let last = baselines(At { session, snapshot, head: commit }, &tags, &owned).await?;
    Ok(members.iter().zip(&last).map(|(member, last)| present(&member.package, last.last.as_ref())).collect())
}

/// The version that a package has: its file's, else that of its last tag.
pub(crate) fn present(package: &Package, last: Option<&Baseline>) -> Option<Version> {
    package.version.clone().or_else(|| last.map(|last| last.version.clone()))
}

/// All versions that tags give to each package, wherever they lie.
pub(crate) async fn tagged_versions(session: &Session, snapshot: &Snapshot) -> Result<Vec<Vec<Version>>> {
    let owned = OwnedTags::of(snapshot, &session.vcs.tags().await?)?.versions.into_iter();
    Ok(owned.map(|versions| versions.into_iter().map(|(version, _)| version).collect()).collect())
}

/// Where history is looked at, and for which packages.
#[derive(Clone, Copy)]
struct At<'a> {
    session: &'a Session,
    snapshot: &'a Snapshot,
    head: &'a CommitId,
}

/// Tags, and whose they are.
struct OwnedTags {
    names: Vec<TagName>,
    naming: Naming,
    /// The tagged versions of every package that takes part in releases.
    versions: Vec<Vec<(Version, TagName)>>,
    /// The tags of all packages, whether they take part in releases now or did so once.
    all: BTreeSet<TagName>,
    /// Those that the configuration says were never released.
    ignored: BTreeSet<TagName>,
}

impl OwnedTags {
    fn of(snapshot: &Snapshot, tags: &[Tag]) -> Result<Self> {
        let names: Vec<TagName> = tags.iter().map(|tag| tag.name.clone()).collect();
        let (index, discovery) = (TagIndex::new(&names), &snapshot.discovery);
        let naming = Naming::unchecked(discovery, &snapshot.policy, &index);
        let mut versions: Vec<_> =
            (0..discovery.members.len()).map(|at| naming.versions(discovery, at, &index)).collect();
        let all = versions.iter().flatten().map(|(_, tag)| tag.clone()).collect();
        for (versions, member) in versions.iter_mut().zip(&discovery.members) {
            if member.release == Participation::None {
                versions.clear();
            }
        }
        let globs = globs(&snapshot.policy.ignore_tags)?;
        let ignored = names.iter().filter(|tag| globs.is_match(tag.as_str())).cloned().collect();
        let owned = Self { names, naming, versions, all, ignored };
        owned.naming.check(discovery).map_err(|error| owned.with_lines(snapshot, error))?;
        Ok(owned)
    }

    /// The tags that look like versions and are nobody's, by shape, and those that packages seem to have been released under.
    fn others(&self, snapshot: &Snapshot) -> (BTreeMap<String, Vec<TagName>>, Vec<PresumedTags>) {
        let is_known = |tag: &TagName| {
            self.all.contains(tag) || self.ignored.contains(tag) || tag_format::is_umbrella(&snapshot.policy, tag)
        };
        let foreign = tag_format::foreign(&self.names, is_known);
        let others = TagIndex::new(self.names.iter().filter(|tag| !is_known(tag)));
        let known = Known::new(&snapshot.discovery, &self.naming, &self.versions, others);
        let presumed = known.presumed(foreign.keys());
        (foreign, presumed)
    }

    /// Packages that would be tagged alike may have been released under one tag: then the error says how that is written.
    fn with_lines(&self, snapshot: &Snapshot, mut error: Error) -> Error {
        if let Error::TagAmbiguous { packages, lines, .. } = &mut error {
            let discovery = &snapshot.discovery;
            let are_among = |presumed: &&PresumedTags| {
                packages.iter().all(|id| discovery.index_of(id).is_some_and(|it| presumed.members.contains(&it)))
            };
            let has_tags = |member: usize| !self.versions[member].is_empty();
            let presumed = self.others(snapshot).1;
            *lines = presumed.iter().find(are_among).map_or_else(Vec::new, |it| it.lines(discovery, has_tags));
        }
        error
    }
}

/// A package's releases that its next one is counted from.
struct Last {
    /// Its highest tag that HEAD reaches.
    last: Option<Baseline>,
    /// Its highest final one, where that is a prerelease.
    last_final: Option<Baseline>,
}

/// Each package's highest tags that HEAD reaches.
async fn baselines(at: At<'_>, tags: &[Tag], owned: &OwnedTags) -> Result<Vec<Last>> {
    let At { session, snapshot, head } = at;
    let commits: BTreeMap<&TagName, &CommitId> = tags.iter().map(|tag| (&tag.name, &tag.commit)).collect();
    let distinct: BTreeSet<&CommitId> = owned.versions.iter().flatten().map(|(_, tag)| commits[tag]).collect();
    let candidates: Vec<CommitId> = distinct.into_iter().cloned().collect();
    let reached = session.vcs.ancestors_among(&candidates, head).await?;
    let reached: BTreeSet<&CommitId> =
        candidates.iter().zip(reached).filter(|(_, reached)| *reached).map(|(commit, _)| commit).collect();
    let highest = |(member, versions): (&Member, &Vec<(Version, TagName)>)| {
        let scheme = snapshot.discovery.scheme(member);
        let counts = |tag: &TagName| reached.contains(commits[tag]) && !owned.ignored.contains(tag);
        let highest = |is_meant: &dyn Fn(&Version) -> bool| {
            let in_reach = versions.iter().filter(|(version, tag)| counts(tag) && is_meant(version));
            let (version, tag) = in_reach.max_by(|a, b| scheme.compare(&a.0, &b.0))?;
            Some(Baseline { version: version.clone(), tag: tag.clone(), commit: commits[tag].clone() })
        };
        let last = highest(&|_| true);
        let is_labelled = last.as_ref().is_some_and(|last| scheme.is_prerelease(&last.version));
        let last_final = is_labelled.then(|| highest(&|version| !scheme.is_prerelease(version))).flatten();
        Last { last, last_final }
    };
    Ok(snapshot.discovery.members.iter().zip(&owned.versions).map(highest).collect())
}

async fn bootstrap(session: &Session, snapshot: &Snapshot) -> Result<Option<CommitId>> {
    let Some(wanted) = &snapshot.policy.bootstrap_sha else { return Ok(None) };
    match session.vcs.resolve(wanted.as_str()).await? {
        Some(commit) => Ok(Some(commit)),
        None => Err(session.lacks(Lack::Commit { name: wanted.to_string(), setting: Some("bootstrap_sha") })),
    }
}

/// A package without a tag in a clone that lacks history may have one beyond it.
fn refuse_shallow(session: &Session, snapshot: &Snapshot, head: &Head, baselines: &[Option<Baseline>]) -> Result<()> {
    let untagged = snapshot.discovery.members.iter().zip(baselines);
    let missing = untagged.filter(|(member, last)| member.release != Participation::None && last.is_none()).count();
    if head.shallow && missing > 0 {
        return Err(session.lacks(Lack::History(head.commit.clone())));
    }
    Ok(())
}

/// What is nobody's: folders of release tools, and what the version control system keeps in commits.
pub(crate) fn ignored(session: &Session) -> Vec<RepoPath> {
    let tools = IGNORED.iter().map(|path| RepoPath::new(path).expect("a constant path is legal"));
    tools.chain(session.vcs.bookkeeping().iter().cloned()).collect()
}

/// What each package listens to, and since when. A package that takes no part, or has no range, listens to nothing,
/// but its folder is still its own.
fn scopes(at: At<'_>, baselines: &[Option<Baseline>], bootstrap: Option<&CommitId>) -> Vec<Scope> {
    let At { session, snapshot, head } = at;
    let ignore = ignored(session);
    let scope = |(member, last): (&Member, &Option<Baseline>)| {
        Scope::new(member.package.path.clone())
            .with_globs(member.policy.paths.clone())
            .with_ignored(ignore.clone())
            .with_since(match (member.release, last, bootstrap) {
                (Participation::None, ..) | (_, None, None) => Some(head.clone()),
                (_, Some(last), _) => Some(last.commit.clone()),
                (_, None, Some(bootstrap)) => Some(bootstrap.clone()),
            })
    };
    snapshot.discovery.members.iter().zip(baselines).map(scope).collect()
}

/// The packages whose commits are wanted since a final version as well. Each has a second scope behind those of all.
#[derive(Debug)]
struct Since(Vec<(usize, Baseline)>);

impl Since {
    fn new(finals: Vec<Option<Baseline>>) -> Self {
        Self(finals.into_iter().enumerate().filter_map(|(member, last)| Some((member, last?))).collect())
    }

    fn scopes(&self, scopes: &[Scope]) -> Vec<Scope> {
        let again = |(member, last): &(usize, Baseline)| scopes[*member].clone().with_since(Some(last.commit.clone()));
        self.0.iter().map(again).collect()
    }

    fn members(&self) -> Vec<usize> {
        self.0.iter().map(|(member, _)| *member).collect()
    }
}

async fn walk(At { session, head, .. }: At<'_>, scopes: Vec<Scope>, judge: Owners) -> Result<History> {
    let request = HistoryRequest::new(head.clone(), scopes).with_judge(Arc::new(judge));
    let history = session.vcs.history(&request).await?;
    match history.cut_at {
        Some(commit) => Err(session.lacks(Lack::History(commit))),
        None => Ok(history),
    }
}
