//! The crates that belong to one root: those of its workspaces, and those outside of any.

use std::collections::BTreeMap;

use releasekit_core::model::{Package, PackageName, RepoPath};
use releasekit_core::workspace::{DetectRequest, DiscoverRequest, Discovered, Remark};
use releasekit_core::{BackendError, Environment, Result};
use releasekit_formats::cargo::name::canonical as normalize;
use releasekit_formats::manifest::{Namesakes, Place, Source, Unit as _, aside, leave_out_namesakes, listed};

use crate::codes;
use crate::error::Error;
use crate::layout::{Files, Layout, Unit};
use crate::manifest::Manifest;
use crate::members::{Membership, Workspaces};
use crate::need::{Neighbour, Neighbours};
use crate::package::{mark, package};
use crate::registries;

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
    /// Package files that could not be read and that nobody releases.
    broken: Vec<RepoPath>,
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
    let workspaces = layout.files.workspaces();
    for unit in &units {
        let own: Vec<Error> =
            unit.members.iter().chain([&unit.folder]).filter_map(|at| faults.remove(at)).flatten().collect();
        found.unit(&layout.files, unit, own, (&workspaces, &neighbours), &request.root)?;
    }
    found.refuse_duplicates();
    BackendError::raise(found.faults)?;
    if !found.broken.is_empty() {
        let code = codes::PROJECT_UNREADABLE;
        let message =
            format!("package files that cannot be read, of crates that nobody releases: {}", listed(&found.broken));
        found.remarks.push(Remark { code, message });
    }
    let registries = registries::known(tree, &request.root, environment, &found.packages)?;
    Ok(Discovered::new(found.packages).with_remarks(found.remarks).with_registries(registries))
}

/// The crates of all units by their folders.
fn neighbours(files: &Files<'_>, units: &[Unit]) -> Neighbours {
    let mut all = Neighbours::default();
    for unit in units {
        let Some(top) = files.manifests.get(&unit.folder) else { continue };
        for manifest in unit.members.iter().filter_map(|folder| files.manifests.get(folder)) {
            let Some(own) = &manifest.package else { continue };
            let name = PackageName::new(own.name.value.clone());
            let is_private = mark(manifest, own, top, &mut Vec::new()).is_some();
            all.add(manifest.folder.clone(), Neighbour { name, home: unit.folder.clone(), is_private });
        }
    }
    all
}

impl Found {
    /// Adds the crates of a workspace, or one of its own. What cannot be read where nothing is released stops nobody.
    fn unit(
        &mut self,
        files: &Files<'_>,
        unit: &Unit,
        mut faults: Vec<Error>,
        (workspaces, neighbours): (&Workspaces<'_>, &Neighbours),
        root: &RepoPath,
    ) -> Result<()> {
        let mut packages = Vec::new();
        if let Some(top) = files.manifests.get(&unit.folder) {
            if let Some(membership) = Membership::of(top, &mut faults) {
                workspaces.members(&membership, &files.folders, &mut faults);
                self.remarks.extend(passed_over(files, &membership)?);
            }
            for manifest in unit.members.iter().filter_map(|folder| files.manifests.get(folder)) {
                let Some(own) = &manifest.package else { continue };
                let described = package(manifest, own, top, neighbours, &mut faults).with_home(unit.folder.clone());
                let place = *manifest.source.place(Some(own.name.span.clone()));
                packages.push((aside(stray(described, unit), unit.is_listed(root), unit.demo.as_deref()), place));
            }
        }
        refuse_equal(&packages, &mut faults);
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

    /// Two released crates of one name cannot both be meant. Where nobody releases one of them, it is left out.
    fn refuse_duplicates(&mut self) {
        for Namesakes { name, places } in leave_out_namesakes(&mut self.packages, normalize) {
            let [first, second] = places.map(|index| Box::new(self.named[index].clone()));
            self.faults.push(Error::NameDuplicate { name: name.to_string(), first, second });
        }
    }
}

/// What cargo takes for a member of a workspace that does not list it can be published by nobody.
fn stray(mut package: Package, unit: &Unit) -> Package {
    if unit.is_stray && package.private.is_none() {
        package.private = Some("the workspace around it does not list it".to_owned());
    }
    package
}

/// The members that cargo would enter and we do not: links to folders, and repositories of their own.
fn passed_over(files: &Files<'_>, membership: &Membership<'_>) -> Result<Option<Remark>> {
    let mut folders = Vec::new();
    for link in membership.among(&files.tree.links()?, &files.folders.ignored) {
        // One that leads out of the repository is refused here; one to a file is no member.
        Source::read(files.tree, &Manifest::file(&link))?.transpose().map_err(Error::from)?;
        if files.tree.read(&link)?.is_none() {
            folders.push(link);
        }
    }
    folders.extend(membership.among(&files.tree.nested()?, &files.folders.ignored));
    let message =
        || format!("members that lie behind a link or in another repository are not entered: {}", listed(&folders));
    Ok((!folders.is_empty()).then(|| Remark { code: codes::MEMBER_PASSED_OVER, message: message() }))
}

/// Crates of one workspace have names of their own.
fn refuse_equal(packages: &[(Package, Place)], faults: &mut Vec<Error>) {
    let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
    for (package, place) in packages {
        if let Some(first) = seen.insert(package.name.as_str(), place) {
            let (first, second) = (Box::new(first.clone()), Box::new(place.clone()));
            faults.push(Error::NameDuplicate { name: package.name.to_string(), first, second });
        }
    }
}
