//! `prepare`: from the commits to a pushed release branch, and the change request that asks to merge it.

use std::collections::BTreeSet;

use releasekit_core::forge::Links;
use releasekit_core::model::{BranchName, PackageId, RepoPath};
use releasekit_core::package_manager::Finding;
use releasekit_core::policy::RequestPer;
use releasekit_core::vcs::{CommitInfo, Head, Lack, Need, RemoteRefs};
use releasekit_core::{Diagnostic, ErrorKind, FileEdit, Forge, Templates};

use crate::apply::{Applied, ReleaseCommitRequest};
use crate::branch::{self, Branches};
use crate::bump::{self, Reason};
use crate::changelogs::{Sources, Superseded};
use crate::error::{Error, Result};
use crate::export::Export;
use crate::findings::Check;
use crate::forge::{self, Hosting};
use crate::locate::{self, Located, ReleaseCommit};
pub use crate::manifest::PlanOptions;
use crate::plan::{self, Planned, Row};
pub use crate::propose::Proposed;
use crate::propose::{self, Proposal};
use crate::request::{Content, Desk, Request};
use crate::session::{Policies, Session};
use crate::{apply, changelogs, findings, manifest, pending, remote_tags, surroundings, words};

/// How to prepare.
#[derive(Debug, Clone, Default)]
pub struct PrepareOptions {
    /// What is asked of the plan.
    pub plan: PlanOptions,
    /// Whether a change request is opened although people closed the one for the same plan.
    pub reopen: bool,
}

/// What `prepare` did.
#[derive(Debug)]
pub struct Prepared {
    /// The plan it carried out.
    pub planned: Planned,
    /// The release branch; `None` where nothing moves, or people do not want what does.
    pub proposed: Option<Proposed>,
    /// Its change request.
    pub request: Request,
}

/// Prepares what the configuration asks for: one release, or one of each group, of which one that is refused stops no other.
/// Groups that are named are one release.
pub async fn all(session: &Session, options: PrepareOptions) -> Result<Vec<Result<Prepared>>> {
    let head = session.vcs.head().await?;
    let policy = session.policies.at(session.vcs.tree(&head.commit).await?.as_ref())?;
    let is_apart = policy.pull_request.per == RequestPer::Group && !policy.synchronize;
    if !is_apart || !options.plan.group.is_empty() {
        return Ok(vec![prepare(session, options).await]);
    }
    let snapshot = session.snapshot_at(&head.commit, Policies::Committed).await?;
    let mut outcomes = Vec::new();
    for group in bump::runs(&snapshot.discovery) {
        let plan = PlanOptions { ungrouped: group.is_empty(), group, ..options.plan.clone() };
        match one(session, PrepareOptions { plan, reopen: options.reopen }, outcomes.is_empty()).await {
            Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
            outcome => outcomes.push(outcome),
        }
    }
    Ok(outcomes)
}

/// Plans HEAD, proposes the plan on the release branch, and asks on the forge to merge that.
pub async fn prepare(session: &Session, options: PrepareOptions) -> Result<Prepared> {
    one(session, options, true).await
}

/// What stands around all of it is said once, with the first.
async fn one(session: &Session, options: PrepareOptions, is_first: bool) -> Result<Prepared> {
    let PrepareOptions { plan: mut options, reopen } = options;
    options.group.sort();
    options.group.dedup();
    let manifest = manifest::path_of(&options.group);
    let head = session.vcs.head().await?;
    if head.shallow {
        return Err(session.lacks(Lack::History(head.commit)));
    }
    session.vcs.expect_history(&head.commit).await;
    let snapshot = session.snapshot_at(&head.commit, Policies::Committed).await?;
    if is_first {
        warn_of_dirt(session).await?;
    }
    let remote = session.vcs.remote_refs(&snapshot.policy.remote).await?;
    let branches = Branches { session, policy: &snapshot.policy, remote: &remote };
    let base = branches.base(&head).await?;
    let run = manifest::slug(&options.group);
    let branch = branch::release_branch(&snapshot.policy, &remote, &base, run.as_deref())?;
    if is_first {
        warn_of_newer(branches, &head, &base).await?;
    }
    let waiting = Waiting::find(session, &head, &remote).await?;
    let superseded = waiting.superseded(&options).await?;
    let used = superseded.as_ref().map_or(&[][..], |superseded| &superseded.used);
    let planned = plan::plan_over(session, snapshot, &head, &options.asked(), used).await?;
    waiting.refuse_sharing(&planned, &manifest).await?;
    remote_tags::refuse_others(session, &planned.changes, &planned.snapshot, &remote)?;
    let policy = &planned.snapshot.policy;
    let branches = Branches { session, policy, remote: &remote };
    let hosting = forge::find(session, policy).await?;
    let work = Work { branches, planned: &planned, base: &base, branch: &branch, manifest: &manifest };
    let (proposed, request) = match &hosting {
        Hosting::On(forge) => work.on(forge.as_ref(), (options, superseded), reopen).await?,
        Hosting::Off(absence, links) => {
            let proposed =
                if planned.plan.is_empty() { None } else { Some(work.propose((options, superseded), None).await?.0) };
            let page = links.as_ref().map(|links| links.new_change_request(&branch, &base));
            (proposed, Request::Unasked { absence: absence.clone(), page })
        }
    };
    Ok(Prepared { planned, proposed, request })
}

/// Refuses a plan with first releases where the remote has other tags of ours than the clone: then they may be none.
pub async fn require_tags(session: &Session, planned: &Planned) -> Result<()> {
    let is_first = |row: &Row| row.reasons.contains(&Reason::FirstRelease);
    let remote = &planned.snapshot.policy.remote;
    if !planned.plan.included().any(is_first) || session.vcs.remote_url(remote).await?.is_none() {
        return Ok(());
    }
    let refs = session.vcs.remote_refs(remote).await?;
    remote_tags::refuse_others(session, &planned.changes, &planned.snapshot, &refs)
}

/// What a plan would change in package files and changelogs.
#[derive(Debug)]
pub struct Preview {
    /// The edits of package files.
    pub packages: Vec<FileEdit>,
    /// The edits of changelogs.
    pub changelogs: Vec<FileEdit>,
    /// The change files that are used up.
    pub change_files: Vec<FileEdit>,
    /// What the people whose changelogs they are should know: sentences, each with what to do.
    pub remarks: Vec<(String, String)>,
}

/// What [`prepare`] would write for a plan of `head`, without lockfiles and the manifest, and without running any tool. Its
/// notes link to `links`; a changelog template of the user's takes `templates`.
pub async fn preview(
    planned: &Planned,
    head: &CommitInfo,
    links: Option<&Links>,
    templates: Option<&dyn Templates>,
) -> Result<Preview> {
    let packages = apply::package_edits(planned).await?;
    let written = changelogs::edits(Sources { planned, head, links }, None, templates).await?;
    let change_files = apply::change_file_edits(planned);
    Ok(Preview { packages, changelogs: written.edits, change_files, remarks: written.remarks })
}

/// The merged releases that still wait for `release`.
struct Waiting<'a> {
    session: &'a Session,
    remote: &'a RemoteRefs,
    releases: Vec<ReleaseCommit>,
}

impl<'a> Waiting<'a> {
    async fn find(session: &'a Session, head: &Head, remote: &'a RemoteRefs) -> Result<Self> {
        let pending = |located| match located {
            Located::Pending(release) => Some(release),
            Located::Empty | Located::Released(_) => None,
        };
        let located = locate::locate(session, &head.commit, remote).await?;
        Ok(Self { session, remote, releases: located.into_iter().filter_map(pending).collect() })
    }

    /// The release that a run takes the place of, where that is wanted; without that, one of the same packages stops it.
    async fn superseded(&self, options: &PlanOptions) -> Result<Option<Superseded>> {
        let own = manifest::path_of(&options.group);
        for release in &self.releases {
            if release.path == own && options.supersede {
                continue;
            }
            if options.may_meet(&release.manifest.options) {
                return Err(self.refusal(release).await);
            }
        }
        let own = self.releases.iter().find(|release| release.path == own);
        Ok(match own {
            Some(release) => Some(Superseded::new(self.session, release.manifest.clone(), self.remote).await),
            None => None,
        })
    }

    /// Refuses to plan what waits in a release of other groups: it would be released twice.
    async fn refuse_sharing(&self, planned: &Planned, own: &RepoPath) -> Result<()> {
        let moving: BTreeSet<PackageId> = planned.plan.included().map(Row::id).collect();
        for release in self.releases.iter().filter(|release| release.path != *own) {
            if release.manifest.packages.iter().any(|row| moving.contains(&row.id())) {
                return Err(self.refusal(release).await);
            }
        }
        Ok(())
    }

    async fn refusal(&self, release: &ReleaseCommit) -> Error {
        let refusals = pending::refusals(self.session, release, self.remote).await;
        let missing = locate::missing(&release.manifest, self.remote);
        Error::ReleasePending { commit: release.commit.id.clone(), missing, refusals }
    }
}

/// A plan that is being carried out.
#[derive(Clone, Copy)]
struct Work<'a> {
    branches: Branches<'a>,
    planned: &'a Planned,
    base: &'a BranchName,
    branch: &'a BranchName,
    manifest: &'a RepoPath,
}

/// What a plan was asked to be, and the release that it takes the place of.
type Asked = (PlanOptions, Option<Superseded>);

impl Work<'_> {
    /// Carries it out where there is a forge. What people made of an earlier change request is looked at first.
    async fn on(self, forge: &dyn Forge, asked: Asked, reopen: bool) -> Result<(Option<Proposed>, Request)> {
        let Self { branches, branch: head, base, manifest, .. } = self;
        let desk = Desk { branches, forge, head, base, manifest };
        let requests = desk.requests().await?;
        if self.planned.plan.is_empty() {
            let head = self.branches.session.describe(&self.planned.plan.commit).await?;
            return Ok((None, desk.withdraw(&requests, &head).await?));
        }
        if !reopen && let Some(declined) = desk.declined(&requests, &self.planned.plan).await? {
            return Ok((None, declined));
        }
        let (proposed, content) = self.propose(asked, Some(forge)).await?;
        let request = desk.open(&requests, &content, (&proposed.commit, proposed.pushed)).await?;
        Ok((Some(proposed), request))
    }

    /// Brings the plan onto the release branch.
    async fn propose(self, (options, superseded): Asked, forge: Option<&dyn Forge>) -> Result<(Proposed, Content)> {
        let Self { branches, planned, base, branch, manifest } = self;
        let session = branches.session;
        let head = session.describe(&planned.plan.commit).await?;
        let export = apply::export(session, planned, &head).await?;
        let release =
            ReleaseCommitRequest { head: &head, branch: base.clone(), options, superseded: superseded.as_ref() };
        let look = Look { session, planned, head: &head };
        let work = look.around(release, export.as_ref());
        // The release branch is pushed next.
        let Applied { edits, notes } =
            if export.is_some() { surroundings::unchanged_by(session, work).await? } else { work.await? };
        let content = Content::new(&planned.plan, base, &notes);
        let subject = content.subject();
        let proposal = Proposal { head: &head, base, branch, manifest, edits, subject, forge };
        Ok((propose::propose(branches, proposal).await?, content))
    }
}

/// Looks for what stands in the way of a plan. Whether a lockfile fits its tool is asked once, with the new versions in it;
/// only where that fails, or something else is in the way, is it asked of the one that is committed.
#[derive(Clone, Copy)]
struct Look<'a> {
    session: &'a Session,
    planned: &'a Planned,
    head: &'a CommitInfo,
}

impl Look<'_> {
    /// The edits of a release commit, or what stands in their way.
    async fn around(self, release: ReleaseCommitRequest<'_>, export: Option<&Export>) -> Result<Applied> {
        if let Some(export) = export {
            self.before(export).await?;
        }
        match apply::apply(self.session, self.planned, release, export).await {
            Ok(applied) => Ok(applied),
            Err(error) => Err(self.committed().await.err().unwrap_or(error)),
        }
    }

    async fn before(self, export: &Export) -> Result<()> {
        let check = || Check::planned(self.session, self.planned);
        let mut found = check().before_refresh().found(export).await?;
        if found.iter().any(Finding::stops) {
            found = check().found(export).await?;
        }
        findings::refuse(self.session, found)
    }

    /// What stands in the way of the commit as it is, before anything was edited.
    async fn committed(self) -> Result<()> {
        let Ok(Some(export)) = apply::export(self.session, self.planned, self.head).await else { return Ok(()) };
        let found = Check::planned(self.session, self.planned).found(&export).await;
        findings::refuse(self.session, found.unwrap_or_default())
    }
}

/// HEAD is what is planned; what its branch has got since on the remote is not released.
async fn warn_of_newer(branches: Branches<'_>, head: &Head, base: &BranchName) -> Result<()> {
    let Branches { session, policy, remote } = branches;
    let Some(tip) = remote.branch(base).filter(|tip| tip.commit != head.commit) else { return Ok(()) };
    branch::know(session, policy, &tip.commit).await?;
    let newer = session.vcs.parents_between(&head.commit, &tip.commit).await?.len();
    let message = format!(
        "`{base}` of `{}` is {} ahead of HEAD, which {} no part of the release",
        policy.remote,
        words::count(newer, "commit"),
        words::verb(newer, "is", "are"),
    );
    let pull = session.vcs.hint(&Need::Pull);
    session.warn(message, Some(format!("run {pull} first, unless {} is what should be released", head.commit.short())));
    Ok(())
}

/// HEAD is what is planned; what is not committed is not released.
async fn warn_of_dirt(session: &Session) -> Result<()> {
    let dirty = session.vcs.status().await?;
    let relevant: Vec<_> = dirty.iter().filter(|path| !manifest::is_path(path)).collect();
    let message = match relevant.as_slice() {
        [] => return Ok(()),
        [only] => format!("`{only}` is not committed and no part of the release"),
        [first, ..] => {
            format!("{} uncommitted files are no part of the release, `{first}` among them", relevant.len())
        }
    };
    session.warn(message, Some("commit first what should be".to_owned()));
    Ok(())
}
