//! `prepare`: from the commits to a pushed release branch, and the change request that asks to merge it.

use releasekit_core::forge::Links;
use releasekit_core::model::BranchName;
use releasekit_core::package_manager::Finding;
use releasekit_core::vcs::{CommitInfo, Head, Lack, Need, RemoteRefs};
use releasekit_core::{FileEdit, Forge, Templates};

use crate::apply::{Applied, ReleaseCommitRequest};
use crate::branch::{self, Branches};
use crate::bump::Reason;
use crate::changelogs::{Sources, Superseded};
use crate::error::{Error, Result};
use crate::export::Export;
use crate::findings::Check;
use crate::forge::{self, Hosting};
use crate::locate::{self, Located};
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

/// Plans HEAD, proposes the plan on the release branch, and asks on the forge to merge that.
pub async fn prepare(session: &Session, options: PrepareOptions) -> Result<Prepared> {
    let PrepareOptions { plan: options, reopen } = options;
    let head = session.vcs.head().await?;
    if head.shallow {
        return Err(session.lacks(Lack::History(head.commit)));
    }
    session.vcs.expect_history(&head.commit).await;
    let snapshot = session.snapshot_at(&head.commit, Policies::Committed).await?;
    warn_of_dirt(session).await?;
    let remote = session.vcs.remote_refs(&snapshot.policy.remote).await?;
    let branches = Branches { session, policy: &snapshot.policy, remote: &remote };
    let base = branches.base(&head).await?;
    let branch = branch::release_branch(&snapshot.policy, &remote, &base)?;
    warn_of_newer(branches, &head, &base).await?;
    let superseded = superseded(session, &head, &remote, options.supersede).await?;
    let used = superseded.as_ref().map_or(&[][..], |superseded| &superseded.used);
    let planned = plan::plan_over(session, snapshot, &head, &options.asked(), used).await?;
    remote_tags::refuse_others(session, &planned.changes, &planned.snapshot, &remote)?;
    let policy = &planned.snapshot.policy;
    let branches = Branches { session, policy, remote: &remote };
    let hosting = forge::find(session, policy).await?;
    let work = Work { branches, planned: &planned, base: &base, branch: &branch };
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

/// A merged manifest that still waits for `release` stops `prepare`, unless it is to be superseded.
async fn superseded(session: &Session, head: &Head, remote: &RemoteRefs, wanted: bool) -> Result<Option<Superseded>> {
    match locate::locate(session, &head.commit, remote).await? {
        Located::Pending(release) if wanted => Ok(Some(Superseded::new(session, release.manifest, remote).await)),
        Located::Pending(release) => {
            let refusals = pending::refusals(session, &release, remote).await;
            let missing = locate::missing(&release.manifest, remote);
            Err(Error::ReleasePending { commit: release.commit.id, missing, refusals })
        }
        Located::Nothing | Located::Empty | Located::Released(_) => Ok(None),
    }
}

/// A plan that is being carried out.
#[derive(Clone, Copy)]
struct Work<'a> {
    branches: Branches<'a>,
    planned: &'a Planned,
    base: &'a BranchName,
    branch: &'a BranchName,
}

/// What a plan was asked to be, and the release that it takes the place of.
type Asked = (PlanOptions, Option<Superseded>);

impl Work<'_> {
    /// Carries it out where there is a forge. What people made of an earlier change request is looked at first.
    async fn on(self, forge: &dyn Forge, asked: Asked, reopen: bool) -> Result<(Option<Proposed>, Request)> {
        let desk = Desk { branches: self.branches, forge, head: self.branch, base: self.base };
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
        let Self { branches, planned, base, branch } = self;
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
        let proposal = Proposal { head: &head, base, branch, edits, subject, forge };
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
    let relevant: Vec<_> = dirty.iter().filter(|path| path.as_str() != manifest::PATH).collect();
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
