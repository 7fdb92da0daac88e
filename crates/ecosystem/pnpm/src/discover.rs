//! The packages that belong to one root: those of its workspaces, and those outside of any.

use std::collections::BTreeMap;

use releasekit_core::model::{DependencyKind, Package, PackageName, RepoPath};
use releasekit_core::workspace::{DetectRequest, DiscoverRequest, Discovered, Remark};
use releasekit_core::{BackendError, Code, Environment, Result};
use releasekit_formats::manifest::{Namesakes, Place, Source, Spanned, Unit as _, aside, leave_out_namesakes, listed};
use releasekit_formats::npm::specifier::Specifier;

use crate::codes;
use crate::error::Error;
use crate::layout::{Files, Layout, Unit};
use crate::manifest::Manifest;
use crate::members::Membership;
use crate::need::{Need, Neighbour, Neighbours};
use crate::package::{Around, package, version};
use crate::registries::Npmrcs;

/// The roots that labels are given to.
pub(crate) fn detect(request: &DetectRequest) -> Result<Vec<RepoPath>> {
    Layout::of(request.tree.as_ref(), &request.exclude, &request.named).map(Layout::into_roots)
}

/// What is found of one root.
#[derive(Default)]
struct Found {
    packages: Vec<Package>,
    /// Where the name of each package stands.
    named: Vec<Place>,
    faults: Vec<Error>,
    remarks: Vec<Remark>,
    /// Files that could not be read and that nobody releases.
    broken: Vec<RepoPath>,
    nameless: Vec<RepoPath>,
    unlinked: Vec<RepoPath>,
    other_tools: Vec<RepoPath>,
    other_manifests: Vec<RepoPath>,
}

/// Discovers the packages. All faults are reported together.
pub(crate) fn discover(request: &DiscoverRequest, environment: &Environment) -> Result<Discovered> {
    let tree = request.tree.as_ref();
    let mut layout = Layout::of(tree, &request.exclude, &request.named)?;
    if layout.units(&request.root).is_empty() {
        // A root that is neither detected nor said to be named is what the caller says it is.
        let named = [request.named.as_slice(), std::slice::from_ref(&request.root)].concat();
        layout = Layout::of(tree, &request.exclude, &named)?;
    }
    let units = layout.units(&request.root);
    let mut found = Found::default();
    if units.is_empty() && !layout.files.folders.ignored.contains(&request.root) {
        found.faults.push(Error::RootMissing { root: request.root.clone() });
    }
    let mut faults = std::mem::take(&mut layout.files.faults);
    let neighbours = neighbours(&layout.files, &units);
    let npmrcs = Npmrcs::read(tree, &request.root, environment)?;
    for unit in &units {
        if unit.other_tool.is_some() {
            found.other_tools.push(Manifest::file(&unit.folder));
            continue;
        }
        let own = unit.members.iter().chain([&unit.folder]).filter_map(|at| faults.remove(at)).flatten().collect();
        let reading = Reading { files: &layout.files, unit, neighbours: &neighbours, npmrcs: &npmrcs };
        found.unit(&reading, own, &request.root)?;
    }
    found.refuse_duplicates();
    BackendError::raise(std::mem::take(&mut found.faults))?;
    found.say();
    let registries = npmrcs.known(&found.packages);
    Ok(Discovered::new(found.packages).with_remarks(found.remarks).with_registries(registries))
}

/// The packages of units.
pub(crate) fn neighbours(files: &Files<'_>, units: &[Unit]) -> Neighbours {
    let mut all = Neighbours::default();
    for unit in units.iter().filter(|unit| unit.other_tool.is_none()) {
        for manifest in unit.members.iter().filter_map(|folder| files.manifests.get(folder)) {
            let Some(name) = manifest.name() else { continue };
            all.add(Neighbour {
                name: PackageName::new(name),
                folder: manifest.folder.clone(),
                home: unit.folder.clone(),
                version: version(manifest, &mut Vec::new()),
                is_private: manifest.mark.is_some(),
            });
        }
    }
    all
}

/// A unit that is read, and what is around it.
struct Reading<'a> {
    files: &'a Files<'a>,
    unit: &'a Unit,
    neighbours: &'a Neighbours,
    npmrcs: &'a Npmrcs,
}

impl Reading<'_> {
    fn around(&self) -> Around<'_> {
        let (home, neighbours) = (&self.unit.folder, self.neighbours);
        Around { home, settings: self.files.settings.get(home), neighbours }
    }

    fn package(&self, manifest: &Manifest, name: &Spanned, faults: &mut Vec<Error>) -> Result<(Package, Place)> {
        let described = package(manifest, &name.value, self.around(), faults).with_home(self.unit.folder.clone());
        let registry = self.npmrcs.of(self.files.tree, &self.unit.folder, manifest)?;
        let place = *manifest.source.place(Some(name.span.clone()));
        Ok((described.with_registries(registry.into_iter().collect()), place))
    }

    /// The members that pnpm would enter and we do not: links to folders, repositories of their own, and other package files.
    fn passed_over(&self, membership: &Membership) -> Result<(Vec<RepoPath>, Vec<RepoPath>)> {
        let (files, ignored) = (self.files, &self.files.folders.ignored);
        let is_ours = |folder: &RepoPath| *folder != self.unit.folder && !ignored.contains(folder);
        let mut folders = Vec::new();
        for link in membership.among(files.tree.links()?.iter()).into_iter().filter(is_ours) {
            // One that leads out of the repository is refused here; one to a file is no member.
            Source::read(files.tree, &Manifest::file(&link))?.transpose().map_err(Error::from)?;
            if files.tree.read(&link)?.is_none() {
                folders.push(link);
            }
        }
        folders.extend(membership.among(files.tree.nested()?.iter()).into_iter().filter(is_ours));
        let others = membership.among(&files.folders.with_other_manifest).into_iter().collect();
        Ok((folders, others))
    }
}

impl Found {
    /// Adds the packages of a workspace, or one of its own. What cannot be read where nothing is released stops nobody.
    fn unit(&mut self, reading: &Reading<'_>, mut faults: Vec<Error>, root: &RepoPath) -> Result<()> {
        let Reading { files, unit, .. } = *reading;
        if let Some(membership) = files.memberships.get(&unit.folder) {
            let (links, others) = reading.passed_over(membership)?;
            self.other_manifests.extend(others);
            if !links.is_empty() {
                let message = format!(
                    "members that lie behind a link or in another repository are not entered: {}",
                    listed(&links)
                );
                self.remarks.push(Remark { code: codes::MEMBER_PASSED_OVER, message });
            }
        }
        let mut packages = Vec::new();
        for manifest in unit.members.iter().filter_map(|folder| files.manifests.get(folder)) {
            let Some(name) = &manifest.name else {
                self.nameless
                    .extend((manifest.mark.is_none() && unit.demo.is_none()).then(|| manifest.source.file.clone()));
                continue;
            };
            let (package, place) = reading.package(manifest, name, &mut faults)?;
            if package.private.is_none() && unit.demo.is_none() && takes_from_registry(manifest, reading.around()) {
                self.unlinked.push(manifest.source.file.clone());
            }
            packages.push((aside(package, unit.is_listed(root), unit.demo.as_deref()), place));
        }
        let packages = one_of_each(packages, &mut faults);
        let is_released = unit.folder == *root
            || (unit.demo.is_none() && (packages.is_empty() || packages.iter().any(|(one, _)| one.aside.is_none())));
        if !faults.is_empty() && !is_released {
            self.broken.push(Manifest::file(&unit.folder));
            return Ok(());
        }
        self.faults.extend(faults);
        let (packages, named): (Vec<_>, Vec<_>) = packages.into_iter().unzip();
        self.packages.extend(packages);
        self.named.extend(named);
        Ok(())
    }

    /// Two released packages of one name cannot both be meant. Where nobody releases one of them, it is left out.
    fn refuse_duplicates(&mut self) {
        for Namesakes { name, places } in leave_out_namesakes(&mut self.packages, str::to_owned) {
            let [first, second] = places.map(|index| Box::new(self.named[index].clone()));
            self.faults.push(Error::NameDuplicate { name: name.to_string(), first, second });
        }
    }

    /// What was passed over, one remark for each kind.
    fn say(&mut self) {
        let kinds: [(&Vec<RepoPath>, Code, &str); 5] = [
            (
                &self.broken,
                codes::PROJECT_UNREADABLE,
                "package files that cannot be read, of packages that nobody releases",
            ),
            (&self.nameless, codes::MEMBER_NAMELESS, "package files with a version and without a name"),
            (&self.unlinked, codes::NOT_LINKED, "package files that take members of their workspace from the registry"),
            (&self.other_tools, codes::TOOL_UNSUPPORTED, "what npm, yarn or bun work on is not released yet"),
            (
                &self.other_manifests,
                codes::MANIFEST_UNSUPPORTED,
                "package files of another kind than `package.json` are not read, in",
            ),
        ];
        for (files, code, what) in kinds.into_iter().filter(|(files, _, _)| !files.is_empty()) {
            self.remarks.push(Remark { code, message: format!("{what}: {}", listed(files)) });
        }
    }
}

/// Whether a package requires a member of its workspace that pnpm takes from the registry, because of how it is written.
fn takes_from_registry(manifest: &Manifest, around: Around<'_>) -> bool {
    let needs = Need::of(manifest, around.settings, &mut Vec::new());
    let installed = needs.iter().filter(|need| !matches!(need.kind, DependencyKind::Dev | DependencyKind::Peer));
    let mut plain =
        installed.filter(|need| matches!(need.specifier(), Specifier::Versions { is_workspace: false, .. }));
    plain.any(|need| {
        let is_other = |found: &&Neighbour| found.folder != manifest.folder && !found.is_private;
        let found = around.neighbours.named(around.home, need.name()).filter(is_other);
        found.is_some() && need.internal(around.home, around.links(), around.neighbours).is_none()
    })
}

/// Packages of one workspace by their names. Of several with one name pnpm takes whichever fits; here it is the one that is
/// released, and two of these cannot both be meant.
fn one_of_each(packages: Vec<(Package, Place)>, faults: &mut Vec<Error>) -> Vec<(Package, Place)> {
    let mut seen: BTreeMap<PackageName, usize> = BTreeMap::new();
    let mut kept: Vec<(Package, Place)> = Vec::new();
    for (package, place) in packages {
        let Some(&index) = seen.get(&package.name) else {
            seen.insert(package.name.clone(), kept.len());
            kept.push((package, place));
            continue;
        };
        let other = &mut kept[index];
        match (other.0.private.is_none(), package.private.is_none()) {
            (true, true) => faults.push(Error::NameDuplicate {
                name: package.name.to_string(),
                first: Box::new(other.1.clone()),
                second: Box::new(place),
            }),
            (false, true) => *other = (package, place),
            _ => {}
        }
    }
    kept
}
