//! Whose a folder is in commits of the past: that of the package that its package file names, wherever it lies now.

use std::collections::BTreeMap;
use std::sync::Arc;

use releasekit_core::model::{Bump, RepoPath};
use releasekit_core::policy::{BumpSource, Policy};
use releasekit_core::vcs::{Judge, TouchingCommit};
use releasekit_core::{Tree, Workspace};

use super::said::Sayings;
use crate::commit::{may_have_trailers, of_request, parse};
use crate::discover::Discovery;
use crate::session::Snapshot;

/// Judges with the packages that there are now.
#[derive(Debug)]
pub(super) struct Owners {
    files: Vec<&'static str>,
    ecosystems: Vec<EcosystemNames>,
    /// The packages that the scopes behind those of all packages are about.
    again: Vec<usize>,
    /// How many packages there are.
    count: usize,
    tree: Arc<dyn Tree>,
    policy: Policy,
    sayings: Arc<Sayings>,
}

/// The packages of one ecosystem by all names that they have or had.
#[derive(Debug)]
struct EcosystemNames {
    workspace: Arc<dyn Workspace>,
    packages: BTreeMap<String, Vec<Named>>,
}

/// A package that has or had a name.
#[derive(Debug)]
struct Named {
    member: usize,
    folder: RepoPath,
    root: RepoPath,
}

impl Owners {
    pub(super) fn of(snapshot: &Snapshot, again: &[usize], sayings: Arc<Sayings>) -> Self {
        let discovery = &snapshot.discovery;
        let count = discovery.members.len();
        let mut ecosystems: BTreeMap<&str, EcosystemNames> = BTreeMap::new();
        for root in &discovery.workspaces {
            let workspace = root.ecosystem.workspace.clone();
            let names = || EcosystemNames { packages: names(discovery, root.ecosystem.ecosystem), workspace };
            ecosystems.entry(root.ecosystem.ecosystem).or_insert_with(names);
        }
        let ecosystems: Vec<EcosystemNames> = ecosystems.into_values().collect();
        let mut files: Vec<&str> =
            ecosystems.iter().flat_map(|it| it.workspace.package_files().iter().copied()).collect();
        files.sort_unstable();
        files.dedup();
        Self {
            files,
            ecosystems,
            again: again.to_vec(),
            count,
            tree: snapshot.tree.clone(),
            policy: snapshot.policy.clone(),
            sayings,
        }
    }

    /// Whether a package of this name that is none of ours lies there now as well, as one that is excluded does: it is part
    /// of what lies around it.
    fn is_passed_over(&self, file: &RepoPath, names: &EcosystemNames, name: &str) -> bool {
        let now = self.tree.read(file).ok().flatten();
        now.and_then(|content| names.name(&content)).is_some_and(|now| now == name)
    }
}

impl EcosystemNames {
    fn name(&self, content: &[u8]) -> Option<String> {
        Some(self.workspace.normalize(&self.workspace.package_name(content)?))
    }

    /// The packages of a name: the one in this very folder, else those below whose roots it lies, else all.
    fn find(&self, name: &str, folder: &RepoPath) -> Option<Vec<usize>> {
        let all = self.packages.get(name)?;
        let of = |is_meant: &dyn Fn(&&Named) -> bool| -> Vec<usize> {
            all.iter().filter(is_meant).map(|named| named.member).collect()
        };
        let nearest = [of(&|named| named.folder == *folder), of(&|named| folder.starts_with(&named.root))];
        Some(nearest.into_iter().find(|found| !found.is_empty()).unwrap_or_else(|| of(&|_| true)))
    }
}

fn names(discovery: &Discovery, ecosystem: &str) -> BTreeMap<String, Vec<Named>> {
    let mut packages: BTreeMap<String, Vec<Named>> = BTreeMap::new();
    for (member, it) in discovery.members.iter().enumerate() {
        let root = discovery.workspace(it);
        if root.ecosystem.ecosystem != ecosystem {
            continue;
        }
        let (folder, root) = (&it.package.path, &root.root);
        for name in it.names() {
            let named = Named { member, folder: folder.clone(), root: root.clone() };
            packages.entry(discovery.files(it).normalize(name)).or_default().push(named);
        }
    }
    packages
}

impl Judge for Owners {
    fn package_files(&self) -> &[&str] {
        &self.files
    }

    fn owners(&self, file: &RepoPath, content: &[u8]) -> Option<Vec<usize>> {
        let folder = file.parent().unwrap_or_else(RepoPath::root);
        let mut owners: Option<Vec<usize>> = None;
        for names in &self.ecosystems {
            let is_its = names.workspace.package_files().iter().any(|name| Some(*name) == file.file_name());
            let Some(name) = is_its.then(|| names.name(content)).flatten() else { continue };
            match names.find(&name, &folder) {
                Some(found) => owners.get_or_insert_default().extend(found),
                None if self.is_passed_over(file, names, &name) => {}
                None => drop(owners.get_or_insert_default()),
            }
        }
        let mut owners = owners?;
        let again = self.again.iter().enumerate().filter(|(_, member)| owners.contains(member));
        let again: Vec<usize> = again.map(|(at, _)| self.count + at).collect();
        owners.extend(again);
        owners.sort_unstable();
        owners.dedup();
        Some(owners)
    }

    fn speaks(&self, message: &str) -> bool {
        let said = of_request(message);
        self.policy.counts(BumpSource::Commits) && !said.is_revert() && said.bump(&self.policy) > Bump::None
    }

    fn addresses(&self, message: &str) -> bool {
        let has_trailers = || {
            let said = parse(message);
            let listed = said.listed.iter().map(|message| parse(message));
            !said.trailers.is_empty() || listed.into_iter().any(|said| !said.trailers.is_empty())
        };
        self.policy.counts(BumpSource::Trailers) && may_have_trailers(message) && has_trailers()
    }

    fn prepare(&self, commit: &TouchingCommit) {
        self.sayings.of(commit, &self.policy);
    }
}
