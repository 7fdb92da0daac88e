//! What stands in the way of a release. Every package manager is asked once, before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::event::Event;
use releasekit_core::model::{PackageName, RepoPath, Version};
use releasekit_core::package_manager::{CheckRequest, CheckedPackage, Finding};
use releasekit_core::policy::Participation;
use releasekit_core::{BackendError, Diagnostic, FileEdit, Label};

use crate::discover::{Member, WorkspaceRoot};
use crate::error::{Error, Result};
use crate::export::Export;
use crate::extra_files::{self, Step};
use crate::plan::Planned;
use crate::session::{Session, Snapshot};
use crate::{surroundings, words};

/// What was found in a work tree, and what was mended before.
#[derive(Debug, Default)]
pub struct Checked {
    /// What stands in the way, in the order of the workspaces.
    pub findings: Vec<Finding>,
    /// The files that were written to the work tree, sorted.
    pub fixed: Vec<RepoPath>,
}

/// Looks at a work tree as it is, committed or not. With `fix` what can be mended there is, and then looked at again.
///
/// Fails with the package managers' errors where they could not find out, and where somebody else wrote a file meanwhile
/// that was to be mended: nothing is written then.
pub async fn work_tree(session: &Session, snapshot: &Snapshot, fix: bool) -> Result<Checked> {
    let check = Check::all(session, snapshot);
    let export = Export::of_work_tree(session, snapshot.tree.as_ref()).await?;
    let findings = check.findings(&export).await?;
    if !fix || !findings.iter().any(|finding| finding.fixable) {
        return Ok(Checked { findings, ..Checked::default() });
    }
    // What is mended is what is there now, and stays so until it is written: the tools may take minutes.
    let before = broken(session, &findings).await?;
    let export = Export::of_work_tree(session, session.vcs.work_tree().await?.as_ref()).await?;
    session.phase("mending what can be mended");
    let edits = check.fixes(&export).await?;
    let now = broken(session, &findings).await?;
    if let Some((path, _)) = before.into_iter().find(|(path, content)| now.get(path) != Some(content)) {
        return Err(Error::FileChanged { path });
    }
    session.vcs.write_work_tree(&edits).await?;
    let fixed: BTreeSet<RepoPath> = edits.into_iter().map(|edit| edit.path).collect();
    Ok(Checked { findings: check.findings(&export).await?, fixed: fixed.into_iter().collect() })
}

/// The files of the work tree that can be mended, as they are now.
async fn broken(session: &Session, findings: &[Finding]) -> Result<BTreeMap<RepoPath, Option<Vec<u8>>>> {
    let tree = session.vcs.work_tree().await?;
    let fixable = findings.iter().filter(|finding| finding.fixable);
    let paths = fixable.filter_map(|finding| RepoPath::new(&finding.place.path).ok());
    paths.map(|path| Ok((path.clone(), tree.read(&path)?))).collect()
}

/// What is looked at.
#[derive(Debug)]
pub(crate) struct Check<'a> {
    session: &'a Session,
    snapshot: &'a Snapshot,
    /// The members that are to be released, each with its version then.
    released: BTreeMap<usize, Option<Version>>,
    /// Whether lockfiles are brought in line next, and judged then.
    refreshes: bool,
    /// Whether the packages are to stay at the versions that their files say.
    stays: bool,
}

impl<'a> Check<'a> {
    /// Every package that takes part in releases, at the version in its files.
    fn all(session: &'a Session, snapshot: &'a Snapshot) -> Self {
        let members = snapshot.discovery.members.iter().enumerate();
        let taking_part = members.filter(|(_, member)| member.release != Participation::None);
        let released = taking_part.map(|(index, member)| (index, member.package.version.clone())).collect();
        Self { session, snapshot, released, refreshes: false, stays: true }
    }

    /// The packages that a plan moves, at their next versions.
    pub(crate) fn planned(session: &'a Session, planned: &'a Planned) -> Self {
        let moving = planned.bumps.0.iter().enumerate().filter(|(_, bump)| bump.next.is_some());
        let released = moving.map(|(index, bump)| (index, bump.next.clone())).collect();
        Self { session, snapshot: &planned.snapshot, released, refreshes: false, stays: false }
    }

    /// The same, but for lockfiles that are brought in line next.
    pub(crate) fn before_refresh(self) -> Self {
        Self { refreshes: true, ..self }
    }

    /// Whether a package manager wants to look at a workspace, for which an export is needed.
    pub(crate) fn concerns(&self, workspace: &WorkspaceRoot) -> bool {
        self.workspaces().any(|(_, other)| other.label == workspace.label)
    }

    /// Everything that the package managers find, in the order of the workspaces, behind what concerns several of them.
    ///
    /// Fails with their errors where they could not find out, and where code that they ran changed what programs with
    /// credentials read.
    pub(crate) async fn findings(&self, export: &Export) -> Result<Vec<Finding>> {
        surroundings::unchanged_by(self.session, self.found(export)).await
    }

    /// The same, for those who look themselves whether anything was changed.
    pub(crate) async fn found(&self, export: &Export) -> Result<Vec<Finding>> {
        self.session.phase(format!("checking {}", words::count(self.released.len(), "package")));
        let mut found = self.unread();
        found.extend(self.unplaced());
        found.extend(self.namesakes());
        found.extend(self.extra_files()?);
        let mut errors = Vec::new();
        for (index, workspace) in self.workspaces() {
            match workspace.package_manager().check(&self.request(index, workspace, export)).await {
                Ok(findings) => found.extend(findings),
                Err(error) => errors.push(error.into()),
            }
        }
        Error::together(errors).map_or(Ok(found), Err)
    }

    /// Versions that are needed and cannot be read.
    fn unread(&self) -> Vec<Finding> {
        let found = self.snapshot.discovery.unread(|index| self.released.contains_key(&index));
        found.iter().filter_map(as_finding).collect()
    }

    /// Packages that are to be released, of which nobody knows where.
    fn unplaced(&self) -> Vec<Finding> {
        let released = self.released.keys().map(|index| self.member(*index));
        let published = released.filter(|member| member.release == Participation::Publish);
        published
            .filter_map(|member| self.snapshot.targets(member).err())
            .filter_map(|error| as_finding(&error))
            .collect()
    }

    /// Files that should hold the version of a package as it is, and do not. Of a plan they are read where they are edited.
    fn extra_files<'s>(&'s self) -> Result<Vec<Finding>> {
        let step = |(index, version): (&usize, &'s Option<Version>)| {
            let (member, version) = (self.member(*index), version.as_ref().filter(|_| self.stays)?);
            Some(Step { member, scheme: self.snapshot.discovery.scheme(member), from: version, to: version })
        };
        let steps = self.released.iter().filter_map(step);
        let errors = match extra_files::edits(self.snapshot.tree.as_ref(), steps) {
            Ok(_) => Vec::new(),
            Err(Error::Several(errors)) => errors,
            Err(error) => vec![error],
        };
        errors.into_iter().map(|error| as_finding(&error).ok_or(error)).collect()
    }

    /// What the packages that are to be released have in common with others, whatever their package managers say.
    fn namesakes(&self) -> Vec<Finding> {
        let namesake = |(index, version): (&usize, &Option<Version>)| {
            let (index, version) = (*index, version.as_ref());
            let member = self.member(index);
            let other = self.snapshot.namesake(index, version)?.clone();
            let error = Error::Namesakes { package: member.id.clone(), other };
            let place = Label::file(member.package.manifest.to_string(), "");
            Some(Finding::new(error.code(), error.to_string(), place, error.help().unwrap_or_default()))
        };
        self.released.iter().filter_map(namesake).collect()
    }

    /// The edits that mend what can be mended. They are in the export afterwards.
    async fn fixes(&self, export: &Export) -> Result<Vec<FileEdit>> {
        let mut edits = Vec::new();
        let asked = async {
            for (index, workspace) in self.workspaces() {
                edits.extend(workspace.package_manager().fix(&self.request(index, workspace, export)).await?);
            }
            export.write(&edits)
        };
        surroundings::unchanged_by(self.session, asked).await?;
        Ok(edits)
    }

    /// The workspaces in which something is to be released, as far as their package managers check anything.
    fn workspaces(&self) -> impl Iterator<Item = (usize, &WorkspaceRoot)> {
        let workspaces = self.snapshot.discovery.workspaces.iter().enumerate();
        workspaces.filter(|(index, workspace)| {
            let releases = self.released.keys().any(|member| self.member(*member).workspace == *index);
            releases && workspace.package_manager().capabilities().checks
        })
    }

    fn request(&self, index: usize, workspace: &WorkspaceRoot, export: &Export) -> CheckRequest {
        let (policy, timeout) = (&workspace.policy, self.snapshot.policy.publish.task_timeout);
        let commands = policy.prepare_commands.iter().chain(&policy.build_commands).count();
        let (tree, folder) = (self.snapshot.tree.clone(), export.path().to_owned());
        CheckRequest::new(tree, folder, workspace.root.clone(), timeout)
            .with_packages(self.packages(index))
            .with_elsewhere(self.elsewhere(index, workspace))
            .with_complete(commands == 0 && policy.include_untracked.is_empty())
            .with_refreshed(self.refreshes)
            .with_offline(self.session.context.offline)
            .with_workplace(export.workplace())
    }

    fn packages(&self, workspace: usize) -> Vec<CheckedPackage> {
        let members = self.snapshot.discovery.members.iter().enumerate();
        let own = members.filter(|(_, member)| member.workspace == workspace);
        own.map(|(index, member)| self.package(index, member)).collect()
    }

    fn package(&self, index: usize, member: &Member) -> CheckedPackage {
        let mut package = member.package.clone();
        let released = self.released.get(&index);
        if let Some(version) = released {
            package.version.clone_from(version);
        }
        let published = member.release == Participation::Publish;
        let targets = if published { self.snapshot.targets(member).unwrap_or_default() } else { Vec::new() };
        CheckedPackage::new(package).with_targets(targets).with_released(released.is_some())
    }

    /// The names of packages of the same ecosystem in other workspaces.
    fn elsewhere(&self, index: usize, workspace: &WorkspaceRoot) -> Vec<PackageName> {
        let discovery = &self.snapshot.discovery;
        let others = discovery.members.iter().filter(|member| {
            member.workspace != index && discovery.workspace(member).ecosystem.id == workspace.ecosystem.id
        });
        others.map(|member| member.id.name.clone()).collect()
    }

    fn member(&self, index: usize) -> &Member {
        &self.snapshot.discovery.members[index]
    }
}

/// An error that has a place.
fn as_finding(error: &Error) -> Option<Finding> {
    let place = error.labels().pop()?;
    Some(Finding::new(error.code(), error.to_string(), place, error.help().unwrap_or_default()))
}

/// All findings that stop a release as one failure, where there are any. Of the others it is warned.
pub(crate) fn refuse(session: &Session, findings: Vec<Finding>) -> Result<()> {
    let (stopping, known): (Vec<Finding>, Vec<Finding>) = findings.into_iter().partition(Finding::stops);
    for Finding { code, message, help, .. } in known {
        session.report(Event::Warning { code: Some(code), message, help: Some(help) });
    }
    let errors = stopping.into_iter().map(|finding| Error::from(BackendError::from(finding)));
    Error::raise(errors)
}
