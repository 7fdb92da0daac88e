//! The plan as file edits. Package files, lockfiles, changelogs and the manifest, all for one commit.

use std::collections::BTreeMap;
use std::sync::Arc;

use releasekit_core::model::{BranchName, Package, PackageId, TagName, Version};
use releasekit_core::package_manager::LockRequest;
use releasekit_core::policy::Participation;
use releasekit_core::tree::Overlay;
use releasekit_core::vcs::CommitInfo;
use releasekit_core::workspace::{EditRequest, Move};
use releasekit_core::{FileEdit, Tree, edit};

use crate::change_files;
use crate::changelogs::{self, Sources, Superseded};
use crate::discover::{Member, WorkspaceRoot};
use crate::error::{Error, Result};
use crate::export::{Commands, Export};
use crate::extra_files::{self, Step};
use crate::findings::Check;
use crate::forge;
use crate::history;
use crate::manifest::{self, Manifest, PlanOptions};
use crate::plan::Planned;
use crate::session::{Session, Snapshot};

/// What a workspace has to move.
fn moves(planned: &Planned, workspace: usize) -> Vec<Move> {
    moved_packages(planned, workspace).map(|(_, moved)| moved).collect()
}

/// What of it a lockfile may record: a version that stands in tags is in none.
fn recorded_moves(planned: &Planned, workspace: usize) -> Vec<(Package, Move)> {
    let moved = moved_packages(planned, workspace).filter(|(package, _)| package.version_file.is_some());
    moved.map(|(package, moved)| (package.clone(), moved)).collect()
}

fn moved_packages(planned: &Planned, workspace: usize) -> impl Iterator<Item = (&Package, Move)> {
    let members = planned.snapshot.discovery.members.iter().enumerate();
    let own = members.filter(move |(_, member)| member.workspace == workspace);
    own.filter_map(|(index, member)| {
        let to = planned.bumps.0[index].next.clone()?;
        let from = history::present(&member.package, planned.changes.members[index].last.as_ref());
        Some((&member.package, Move::new(member.id.name.clone(), from, to)))
    })
}

/// The edits of package files: versions, and requirements that new versions leave; and those of other files in which versions
/// stand too.
pub(crate) async fn package_edits(planned: &Planned) -> Result<Vec<FileEdit>> {
    let mut edits: Vec<FileEdit> = Vec::new();
    for (index, workspace) in planned.snapshot.discovery.workspaces.iter().enumerate() {
        let moves = moves(planned, index);
        if moves.is_empty() {
            continue;
        }
        // A package file of one label may require what moves in another.
        let tree = Overlay::new(planned.snapshot.tree.clone(), edits.iter().cloned());
        for edit in workspace.files().edits(&edit_request(planned, Arc::new(tree), index, moves)).await? {
            lay(&mut edits, edit);
        }
    }
    for edit in extra_edits(planned, &edits)? {
        lay(&mut edits, edit);
    }
    Ok(edits)
}

/// Puts an edit in the place of an earlier one of the same file, which it has seen.
fn lay(edits: &mut Vec<FileEdit>, edit: FileEdit) {
    match edits.iter_mut().find(|earlier| earlier.path == edit.path) {
        Some(earlier) => *earlier = edit,
        None => edits.push(edit),
    }
}

fn extra_edits(planned: &Planned, edits: &[FileEdit]) -> Result<Vec<FileEdit>> {
    let Planned { snapshot, changes, bumps, .. } = planned;
    let members = snapshot.discovery.members.iter().enumerate();
    let present: Vec<Option<Version>> =
        members.map(|(index, it)| history::present(&it.package, changes.members[index].last.as_ref())).collect();
    let steps = snapshot.discovery.members.iter().enumerate().filter_map(|(index, member)| {
        let to = bumps.0[index].next.as_ref()?;
        // A first version that no file says stands there already.
        let from = present[index].as_ref().unwrap_or(to);
        Some(Step { member, scheme: snapshot.discovery.scheme(member), from, to })
    });
    let tree = Overlay::new(snapshot.tree.clone(), edits.iter().cloned());
    extra_files::edits(&tree, steps)
}

/// The change files that the plan uses up.
pub(crate) fn change_file_edits(planned: &Planned) -> Vec<FileEdit> {
    let mut edits = change_files::used_up(&planned.changes.files, |member| planned.bumps.0[member].next.is_some());
    let left = planned.changes.leaves_prereleases.iter().filter(|_| !stays_labelled(planned));
    edits.extend(left.map(|file| FileEdit::delete(file.clone())));
    edits
}

/// Whether a package that takes part has a prerelease after the plan.
fn stays_labelled(planned: &Planned) -> bool {
    let discovery = &planned.snapshot.discovery;
    let is_labelled = |(index, member): (usize, &Member)| {
        let present = history::present(&member.package, planned.changes.members[index].last.as_ref());
        let after = planned.bumps.0[index].next.clone().or(present);
        member.release != Participation::None && after.is_some_and(|it| discovery.scheme(member).is_prerelease(&it))
    };
    discovery.members.iter().enumerate().any(is_labelled)
}

fn edit_request(planned: &Planned, tree: Arc<dyn Tree>, index: usize, moves: Vec<Move>) -> EditRequest {
    let Snapshot { discovery, policy, .. } = &planned.snapshot;
    let workspace = &discovery.workspaces[index];
    let members = discovery.members.iter().filter(|member| member.workspace == index);
    let packages = members.map(|member| member.package.clone()).collect();
    EditRequest::new(tree, workspace.root.clone(), packages, moves).with_exclude(workspace.excluded(policy))
}

/// Where tools work on a release commit: an export of HEAD, `None` where none has to.
pub(crate) async fn export(session: &Session, planned: &Planned, head: &CommitInfo) -> Result<Option<Export>> {
    let check = Check::planned(session, planned);
    let works = |workspace: &WorkspaceRoot| needs_export(workspace) || check.concerns(workspace);
    let workspaces = planned.snapshot.discovery.workspaces.iter().enumerate();
    let mut moving = workspaces.filter(|(index, _)| !moves(planned, *index).is_empty());
    if !moving.any(|(_, workspace)| works(workspace)) {
        return Ok(None);
    }
    Export::create(session, &head.id, &[]).await.map(Some)
}

/// What is to be committed, and on what.
#[derive(Debug)]
pub(crate) struct ReleaseCommitRequest<'a> {
    /// The commit that is planned.
    pub head: &'a CommitInfo,
    /// The branch that the release branch will be merged into.
    pub branch: BranchName,
    /// What it was planned with.
    pub options: PlanOptions,
    /// The release that this one takes the place of.
    pub superseded: Option<&'a Superseded>,
}

/// What a plan comes to.
#[derive(Debug)]
pub(crate) struct Applied {
    /// All edits of the release commit.
    pub edits: Vec<FileEdit>,
    /// The notes of each package that moves.
    pub notes: BTreeMap<PackageId, String>,
}

/// All edits of a release commit, with the notes that they hold. What tools have to do with it is done in the export; whether that changed anything else,
/// the caller looks.
pub(crate) async fn apply(
    session: &Session,
    planned: &Planned,
    release: ReleaseCommitRequest<'_>,
    export: Option<&Export>,
) -> Result<Applied> {
    let ReleaseCommitRequest { head, branch, options, superseded } = release;
    let mut edits = package_edits(planned).await?;
    let templates = session.context.templates.as_deref();
    let links = forge::links(session, &planned.snapshot.policy).await?;
    let sources = Sources { planned, head, links: links.as_ref() };
    let changelogs = changelogs::edits(sources, superseded, templates).await?;
    for (message, help) in changelogs.remarks {
        session.warn(message, Some(help));
    }
    edits.extend(changelogs.edits);
    edits.extend(change_file_edits(planned));
    let options = PlanOptions { supersede: superseded.is_some(), ..options };
    let mut manifest = Manifest::new(&planned.plan, branch, options);
    manifest.umbrella = umbrella(planned, &manifest)?;
    edits.push(FileEdit::write(manifest::path_of(&manifest.options.group), manifest.to_json()));
    refuse_clash(&edits)?;
    let by_tools = match export {
        Some(export) => InExport { session, planned, export }.edits(&edits).await?,
        None => Vec::new(),
    };
    edits.retain(|edit| !by_tools.iter().any(|other| other.path == edit.path));
    edits.extend(by_tools);
    refuse_clash(&edits)?;
    let edits = without_idle(planned.snapshot.tree.as_ref(), edits)?;
    Ok(Applied { edits, notes: changelogs.notes })
}

/// The umbrella tag to come. One that exists, wherever it is, is refused: a later version would be without it.
fn umbrella(planned: &Planned, manifest: &Manifest) -> Result<Option<TagName>> {
    let Planned { snapshot, changes, .. } = planned;
    let tag = manifest::umbrella(&snapshot.policy, &snapshot.discovery, &manifest.packages)?;
    match tag.as_ref().and_then(|tag| Some((tag, changes.tags.get(tag)?))) {
        Some((tag, at)) => Err(Error::UmbrellaTaken { tag: tag.clone(), at: at.clone() }),
        None => Ok(tag),
    }
}

/// Two edits of one file would leave the last alone, and which that is nobody chose.
fn refuse_clash(edits: &[FileEdit]) -> Result<()> {
    match edit::clash(edits) {
        Some((first, second)) => Err(Error::EditsClash { first: first.clone(), second: second.clone() }),
        None => Ok(()),
    }
}

/// Drops edits that change nothing.
fn without_idle(tree: &dyn Tree, edits: Vec<FileEdit>) -> releasekit_core::Result<Vec<FileEdit>> {
    let mut kept = Vec::new();
    for edit in edits {
        if tree.read(&edit.path)? != edit.content {
            kept.push(edit);
        }
    }
    Ok(kept)
}

/// A release commit in the making, in an export in which tools work.
#[derive(Clone, Copy)]
struct InExport<'a> {
    session: &'a Session,
    planned: &'a Planned,
    export: &'a Export,
}

impl InExport<'_> {
    /// What the workspaces' tools make of the edits: lockfiles brought in line, and whatever the configured commands change.
    async fn edits(self, edits: &[FileEdit]) -> Result<Vec<FileEdit>> {
        let workspaces = self.planned.snapshot.discovery.workspaces.iter().enumerate();
        let moving: Vec<(&WorkspaceRoot, Vec<Move>)> = workspaces
            .map(|(index, workspace)| (workspace, moves(self.planned, index)))
            .filter(|(workspace, moves)| !moves.is_empty() && needs_export(workspace))
            .collect();
        if moving.is_empty() {
            return Ok(Vec::new());
        }
        self.run(edits, moving).await
    }

    async fn run(self, edits: &[FileEdit], moving: Vec<(&WorkspaceRoot, Vec<Move>)>) -> Result<Vec<FileEdit>> {
        let Self { session, planned, export } = self;
        session.phase("moving versions in lockfiles");
        if moving.iter().any(|(workspace, _)| !workspace.policy.prepare_commands.is_empty()) {
            session.say_isolation("commands run");
        }
        export.write(edits)?;
        let mut found = Vec::new();
        let tools: BTreeMap<&str, &WorkspaceRoot> =
            moving.iter().map(|(workspace, _)| (workspace.ecosystem.id, *workspace)).collect();
        for workspace in tools.into_values().filter(|workspace| workspace.package_manager().capabilities().lockfile) {
            let locks = workspace.package_manager().refresh_locks(&self.lock_request(workspace)).await?;
            export.write(&locks)?;
            found.extend(locks);
        }
        for (workspace, _) in moving {
            export.run(session, Commands::prepare(workspace, &planned.snapshot.policy)).await?;
            if !workspace.policy.prepare_commands.is_empty() {
                found = export.changed(session).await?;
            }
        }
        Ok(found)
    }

    /// All that moves of a tool's labels: a lockfile of one may record packages of another.
    fn lock_request(self, one: &WorkspaceRoot) -> LockRequest {
        let discovery = &self.planned.snapshot.discovery;
        let is_own = |workspace: &WorkspaceRoot| workspace.ecosystem.id == one.ecosystem.id;
        let own = discovery.members.iter().filter(|member| is_own(discovery.workspace(member)));
        let released = own.filter(|member| member.package.aside.is_none());
        let roots = released.map(|member| member.package.home_in(&discovery.workspace(member).root).clone());
        let labels = discovery.workspaces.iter().enumerate().filter(|(_, workspace)| is_own(workspace));
        LockRequest::new(
            self.export.path().to_owned(),
            labels.flat_map(|(index, _)| recorded_moves(self.planned, index)).collect(),
            self.planned.snapshot.policy.publish.task_timeout,
        )
        .with_roots(roots.collect())
        .with_offline(self.session.context.offline)
        .with_workplace(Some(self.export.workplace()))
    }
}

fn needs_export(workspace: &WorkspaceRoot) -> bool {
    let locks = workspace.package_manager().capabilities().lockfile;
    locks || !workspace.policy.prepare_commands.is_empty()
}

#[cfg(test)]
mod tests {
    use releasekit_core::Diagnostic;
    use releasekit_core::model::RepoPath;

    use super::*;

    #[test]
    fn two_edits_of_one_file_are_refused_by_both_names() {
        let write = |path: &str| FileEdit::write(RepoPath::new(path).expect("a legal path"), "x");
        let error = refuse_clash(&[write("a/NOTES.md"), write("b"), write("a/Notes.md")]).expect_err("one file");
        assert_eq!(error.code(), crate::codes::PATH_CLASH);
        assert!(error.to_string().contains("`a/NOTES.md` and `a/Notes.md`"), "{error}");
        assert!(refuse_clash(&[write("b"), write("b")]).is_err());
        assert!(refuse_clash(&[write("a"), write("b"), FileEdit::delete(write("B").path)]).is_ok());
    }
}
