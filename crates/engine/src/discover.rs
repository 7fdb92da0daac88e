//! Which packages the repository holds, and what the configuration makes of each.

mod changesets;
mod extras;
mod groups;
mod past;
mod repeated;
mod roots;

use std::collections::BTreeMap;
use std::sync::Arc;

use releasekit_core::model::{
    Aside, Dependency, EcosystemLabel, Package, PackageId, Propagation, Published, RepoPath, Unread, Worded,
};
use releasekit_core::policy::{EcosystemPolicy, PackagePolicy, Participation, Policy, VersionFrom};
use releasekit_core::requirements::Pin;
use releasekit_core::vcs::Tag;
use releasekit_core::workspace::{DiscoverRequest, NamedRegistries, Remark};
use releasekit_core::{Code, Ecosystem, PackageManager, Requirements, Tree, VersionScheme, Workspace};

pub use self::groups::{Group, Groups};
pub(crate) use self::past::past;
use crate::error::{Error, Result};
use crate::tag_format::{self, Reader};

/// One workspace of the repository.
#[derive(Debug, Clone)]
pub struct WorkspaceRoot {
    /// How users tell it apart.
    pub label: EcosystemLabel,
    /// Its folder.
    pub root: RepoPath,
    /// The ecosystem it belongs to.
    pub ecosystem: Ecosystem,
    /// What the configuration says of it.
    pub policy: EcosystemPolicy,
    /// The registries that its files and the environment know by names.
    pub registries: NamedRegistries,
}

impl WorkspaceRoot {
    /// How requirements on siblings are pinned in what is published.
    pub fn pin(&self) -> Pin {
        self.policy.pin.unwrap_or_default()
    }

    /// Whether what a dependency requires is published as the very version of the release.
    pub(crate) fn pins_exactly(&self, dependency: &Dependency) -> bool {
        self.pin() == Pin::Exact && (self.policy.pin.is_some() || dependency.worded != Worded::AsWritten)
    }

    /// What its packages are asked for by, in some files.
    pub(crate) fn request(&self, tree: Arc<dyn Tree>, policy: &Policy) -> DiscoverRequest {
        let named = roots::named(&self.ecosystem, policy);
        DiscoverRequest::new(tree, self.root.clone()).with_exclude(self.excluded(policy)).with_named(named)
    }

    /// The folders that it leaves out.
    pub(crate) fn excluded(&self, policy: &Policy) -> Vec<String> {
        [policy.exclude.as_slice(), self.policy.exclude.as_slice()].concat()
    }

    /// What reads and edits its package files.
    pub fn files(&self) -> &dyn Workspace {
        self.ecosystem.workspace.as_ref()
    }

    /// What builds and uploads its packages.
    pub fn package_manager(&self) -> &dyn PackageManager {
        self.ecosystem.package_manager.as_ref()
    }
}

/// A package of the repository with what the configuration makes of it.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name, with the label of its workspace.
    pub id: PackageId,
    /// Which of the discovery's workspaces.
    pub workspace: usize,
    /// What its files say.
    pub package: Package,
    /// What the configuration says.
    pub policy: PackagePolicy,
    /// What becomes of it in a release.
    pub release: Participation,
    /// Packages it needs although no package file says so.
    pub depends_on: Vec<PackageId>,
}

/// The packages of a repository, ordered by label and path.
#[derive(Debug, Clone, Default)]
pub struct Discovery {
    /// Its workspaces, ordered by label.
    pub workspaces: Vec<WorkspaceRoot>,
    /// Its packages.
    pub members: Vec<Member>,
    /// Which of them are versioned together.
    pub groups: Groups,
    /// What was passed over.
    pub remarks: Vec<Remark>,
}

impl Member {
    /// Its name, and those that it had before.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.id.name.as_str()).chain(self.policy.formerly.iter().map(String::as_str))
    }

    /// Whether its version is written into a file of that path, beside its package file.
    fn lists(&self, path: &RepoPath) -> bool {
        let mut listed = self.policy.extra_files.iter().map(|file| self.package.path.join(&file.path));
        listed.any(|listed| listed.is_ok_and(|listed| listed == *path))
    }

    /// Whether only its place says that nobody releases it.
    pub(crate) fn may_be_named(&self) -> bool {
        self.package.aside == Some(Aside::Place)
    }

    /// Takes a package for one that is released where only its place spoke against it: a tag or the configuration names it.
    fn be_named(&mut self) {
        if self.may_be_named() {
            self.package.aside = None;
            self.package.private = None;
            self.release = Participation::Publish;
        }
    }
}

impl Discovery {
    /// The labels in which a package that is released publishes a requirement on another as its very version, sorted.
    pub fn pinned_exactly(&self) -> Vec<EcosystemLabel> {
        let is_pinned = |member: &&Member| {
            let published = |it: &&Dependency| it.published != Published::No;
            let mut dependencies = member.package.dependencies.iter().filter(published);
            member.release != Participation::None && dependencies.any(|it| self.workspace(member).pins_exactly(it))
        };
        let mut labels: Vec<EcosystemLabel> =
            self.members.iter().filter(is_pinned).map(|member| member.id.label.clone()).collect();
        // Members are ordered by label.
        labels.dedup();
        labels
    }

    /// The workspace of a member.
    pub fn workspace(&self, member: &Member) -> &WorkspaceRoot {
        &self.workspaces[member.workspace]
    }

    /// How a member is numbered.
    pub fn scheme(&self, member: &Member) -> &dyn VersionScheme {
        self.files(member).scheme()
    }

    /// How a member asks for versions of others.
    pub fn requirements(&self, member: &Member) -> &dyn Requirements {
        self.files(member).requirements()
    }

    /// What reads and edits a member's package files.
    pub fn files(&self, member: &Member) -> &dyn Workspace {
        self.workspace(member).files()
    }

    /// What builds and uploads a member.
    pub fn package_manager(&self, member: &Member) -> &dyn PackageManager {
        self.workspace(member).package_manager()
    }

    /// The versions that could not be read of packages that need theirs: one error for all of one code.
    pub(crate) fn unread(&self, is_needed: impl Fn(usize) -> bool) -> Vec<Error> {
        let mut by_code: BTreeMap<Code, Vec<(PackageId, Unread)>> = BTreeMap::new();
        let needed = self.members.iter().enumerate().filter(|(index, _)| is_needed(*index));
        for (_, member) in needed {
            if let Some(unread) = &member.package.unread {
                by_code.entry(unread.code).or_default().push((member.id.clone(), unread.clone()));
            }
        }
        by_code.into_values().map(|packages| Error::VersionUnread { packages }).collect()
    }

    /// Takes packages for released ones that lie where demos do and have tags of their own all the same.
    pub(crate) fn name_by(&mut self, tags: &[Tag]) {
        let named = |member: &Member| {
            let (id, path) = (&member.id, &member.package.path);
            let own = tag_format::known().filter(|format| !format.is_shared() && !format.is_by_folder());
            let own: Vec<Reader<'_>> = own.map(|format| Reader::new(&format, id, path, self.files(member))).collect();
            let near = |tag: &&Tag| [id.name.as_str(), path.as_str()].iter().any(|own| tag.name.as_str().contains(own));
            tags.iter().filter(near).any(|tag| own.iter().any(|reader| reader.read(&tag.name).is_some()))
        };
        let members = self.members.iter().enumerate().filter(|(_, member)| member.may_be_named());
        let found: Vec<usize> = members.filter(|(_, member)| named(member)).map(|(index, _)| index).collect();
        for index in found {
            self.members[index].be_named();
        }
    }

    /// How many projects are counted and not listed: demos and the like, outside of the workspaces.
    pub fn aside(&self) -> usize {
        self.members.iter().filter(|member| member.package.aside.is_some()).count()
    }

    /// The index of a member; `None` where the repository has no such package.
    pub fn index_of(&self, id: &PackageId) -> Option<usize> {
        self.members.iter().position(|member| member.id == *id)
    }

    /// The index of the member that a user names: `label:name`, or a bare name where it is unique.
    pub fn find(&self, name: &str) -> Result<usize> {
        let named = |index: &usize| self.is_named(&self.members[*index], name);
        let found: Vec<usize> = (0..self.members.len()).filter(named).collect();
        match found.as_slice() {
            [member] => Ok(*member),
            [] => Err(Error::PackageUnknown { name: name.to_owned(), nearest: self.nearest(name) }),
            several => Err(Error::PackageAmbiguous {
                name: name.to_owned(),
                candidates: several.iter().map(|member| self.members[*member].id.clone()).collect(),
            }),
        }
    }

    /// How a member is called where people read: by its name, or as `label:name` where another has the same name.
    pub fn short_name(&self, member: usize) -> String {
        let id = &self.members[member].id;
        let is_shared = self.members.iter().filter(|other| other.id.name == id.name).count() > 1;
        if is_shared { id.to_string() } else { id.name.to_string() }
    }

    /// The same by its id; the bare name of one that is not there.
    pub(crate) fn called(&self, id: &PackageId) -> String {
        self.index_of(id).map_or_else(|| id.name.to_string(), |index| self.short_name(index))
    }

    fn is_named(&self, member: &Member, name: &str) -> bool {
        let normalize = |text: &str| self.files(member).normalize(text);
        let own = normalize(member.id.name.as_str());
        let labelled = name.split_once(':').filter(|(label, _)| *label == member.id.label.as_str());
        normalize(name) == own || labelled.is_some_and(|(_, rest)| normalize(rest) == own)
    }

    fn nearest(&self, name: &str) -> Option<String> {
        releasekit_core::nearest(name, self.members.iter().map(|member| member.id.name.as_str())).map(str::to_owned)
    }
}

/// The packages of some files, and the configuration that holds for them: that of the user, with what files of other tools add
/// to it.
#[derive(Debug, Clone)]
pub struct Configured {
    /// The packages.
    pub discovery: Discovery,
    /// The configuration.
    pub policy: Policy,
}

/// Finds the packages of a tree.
pub async fn discover(tree: &Arc<dyn Tree>, ecosystems: &[Ecosystem], policy: &Policy) -> Result<Configured> {
    configured(found(tree, ecosystems, policy).await?, tree.as_ref(), policy)
}

/// The packages as their files say, without what the configuration says of packages: of those of another day it may name
/// some that were not there.
pub(crate) async fn found(tree: &Arc<dyn Tree>, ecosystems: &[Ecosystem], policy: &Policy) -> Result<Discovery> {
    found_in(tree, roots::workspaces(tree, ecosystems, policy).await?, policy).await
}

/// The same of workspaces that are known, as when the files are those of another day.
pub(crate) async fn found_in(
    tree: &Arc<dyn Tree>,
    mut workspaces: Vec<WorkspaceRoot>,
    policy: &Policy,
) -> Result<Discovery> {
    let (mut members, mut remarks) = (Vec::new(), Vec::new());
    for (index, workspace) in workspaces.iter_mut().enumerate() {
        let found = workspace.files().discover(&workspace.request(tree.clone(), policy)).await?;
        remarks.extend(found.remarks);
        members.extend(found.packages.into_iter().map(|package| member(index, workspace, package)));
        workspace.registries = found.registries;
    }
    members.sort_by(|a, b| (&a.id.label, &a.package.path, &a.id.name).cmp(&(&b.id.label, &b.package.path, &b.id.name)));
    Ok(Discovery { workspaces, members, groups: Groups::default(), remarks })
}

fn member(index: usize, workspace: &WorkspaceRoot, mut package: Package) -> Member {
    // What is published as written keeps its own pace; what the configuration pins does not.
    if workspace.policy.pin.is_some() {
        let keeps_pace =
            |it: &&mut Dependency| it.worded == Worded::AsWritten && it.propagates == Propagation::OutOfRange;
        for dependency in package.dependencies.iter_mut().filter(keeps_pace) {
            dependency.propagates = Propagation::Configured;
        }
    }
    let release = if package.private.is_some() { Participation::None } else { Participation::Publish };
    Member {
        id: PackageId::new(workspace.label.clone(), package.name.clone()),
        workspace: index,
        package,
        policy: PackagePolicy::default(),
        release,
        depends_on: Vec::new(),
    }
}

/// Lays what the configuration says of packages over them, and over that what files of other tools in the tree say.
fn configured(mut discovery: Discovery, tree: &dyn Tree, policy: &Policy) -> Result<Configured> {
    let (policy, remarks) = changesets::lay(&discovery, tree, policy)?;
    discovery.remarks.extend(remarks);
    Ok(Configured { discovery: configure(discovery, &policy)?, policy })
}

fn configure(mut discovery: Discovery, policy: &Policy) -> Result<Discovery> {
    let mut laid = Vec::new();
    for (name, package) in &policy.packages {
        let index = discovery.find(name)?;
        let depends_on: Result<Vec<PackageId>> =
            package.depends_on.iter().map(|name| Ok(discovery.members[discovery.find(name)?].id.clone())).collect();
        laid.push((index, package.clone(), depends_on?));
    }
    for (index, package, depends_on) in laid {
        let member = &mut discovery.members[index];
        member.be_named();
        if package.version_from == Some(VersionFrom::Tags) {
            member.package.without_version();
        }
        member.release = package.release.unwrap_or(member.release);
        member.depends_on = depends_on;
        member.policy = package;
    }
    discovery.groups = Groups::resolve(&discovery.members, policy);
    let extras = extras::private(&discovery);
    discovery.remarks.extend(extras);
    let repeated = repeated::left_behind(&discovery);
    discovery.remarks.extend(repeated);
    Ok(discovery)
}
