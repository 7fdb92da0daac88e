//! The packages that belong to one root: those of its workspaces, and of the projects outside of any.

use std::collections::BTreeMap;

use releasekit_core::model::{Package, PackageName, RepoPath};
use releasekit_core::workspace::{DetectRequest, DiscoverRequest, Discovered, Remark};
use releasekit_core::{BackendError, Result, Tree};
use releasekit_formats::manifest::{Namesakes, Place, Source, Unit as _, aside, leave_out_namesakes, listed};
use releasekit_formats::python::name::normalize;

use crate::codes;
use crate::error::Error;
use crate::internal::{Neighbours, Siblings};
use crate::layout::{Files, Layout, Unit};
use crate::lock::Lock;
use crate::members::Membership;
use crate::package::package;
use crate::pyproject::{Origin, PyProject};
use crate::repeated;

/// The tables of requirements that a build backend may compute.
const COMPUTED: &[&str] = &["dependencies", "optional-dependencies"];

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

/// The package files of a workspace or project, and what is wrong with them.
struct Read<'u> {
    unit: &'u Unit,
    manifests: Vec<PyProject>,
    faults: Vec<Error>,
}

impl<'u> Read<'u> {
    fn of(files: &Files<'_>, unit: &'u Unit, remarks: &mut Vec<Remark>) -> Result<Self> {
        let mut faults = Vec::new();
        let manifests = manifests(files, unit, &mut faults, remarks)?;
        Ok(Self { unit, manifests, faults })
    }
}

/// Discovers the packages. All faults are reported together.
pub(crate) fn discover(request: &DiscoverRequest) -> Result<Discovered> {
    let tree = request.tree.as_ref();
    let mut layout = Layout::of(tree, &request.exclude, &request.named)?;
    if layout.units(&request.root).is_empty() {
        // A root that is neither detected nor said to be named is what the caller says it is.
        let named = [request.named.as_slice(), std::slice::from_ref(&request.root)].concat();
        layout = Layout::of(tree, &request.exclude, &named)?;
    }
    let mut found = Found::default();
    let units = layout.units(&request.root);
    let is_unknown = units.is_empty() && !layout.files.ignored.contains(&request.root);
    if is_unknown || layout.files.unreadable.contains(&request.root) {
        PyProject::read_root(tree, &request.root, &mut found.faults)?;
    }
    let mut read = Vec::new();
    for unit in units {
        read.push(Read::of(&layout.files, unit, &mut found.remarks)?);
    }
    let projects = read
        .iter()
        .flat_map(|read| &read.manifests)
        .filter_map(|manifest| Some((manifest.folder.clone(), manifest.project.as_ref()?)));
    let neighbours = projects.map(|(folder, project)| (folder, PackageName::new(project.name.value.clone()))).collect();
    for read in read {
        found.unit(tree, read, &neighbours, &request.root)?;
    }
    let unreadable = layout.files.unreadable.iter().filter(|folder| folder.starts_with(&request.root));
    found.broken.extend(unreadable.map(PyProject::file));
    found.refuse_duplicates();
    BackendError::raise(found.faults)?;
    if !found.broken.is_empty() {
        let code = codes::PROJECT_UNREADABLE;
        let message =
            format!("package files that cannot be read, of projects that nobody releases: {}", listed(&found.broken));
        found.remarks.push(Remark { code, message });
    }
    repeated::note(tree, &mut found.packages)?;
    Ok(Discovered::new(found.packages).with_remarks(found.remarks))
}

impl Found {
    /// Adds the packages of a workspace or project. What cannot be read where nothing is released stops nobody.
    fn unit(&mut self, tree: &dyn Tree, read: Read<'_>, neighbours: &Neighbours, root: &RepoPath) -> Result<()> {
        let Read { unit, manifests, mut faults } = read;
        let mut packages = Vec::new();
        if let Some(top) = manifests.first() {
            let lock = self.lock(tree, unit, &manifests)?;
            let siblings = Siblings::new(names(&manifests, &mut faults), top, neighbours).with_lock(lock);
            for manifest in &manifests {
                let Some(project) = &manifest.project else { continue };
                let package = package(tree, manifest, project, &siblings, &mut faults)?;
                let place = *manifest.source.place(Some(project.name.span.clone()));
                let package = package.with_home(unit.folder.clone());
                packages.push((aside(package, unit.is_listed(root), unit.demo.as_deref()), place));
            }
        }
        let is_released = unit.folder == *root
            || (unit.demo.is_none() && (packages.is_empty() || packages.iter().any(|(one, _)| one.aside.is_none())));
        if !faults.is_empty() && !is_released {
            self.broken.push(PyProject::file(&unit.folder));
            return Ok(());
        }
        self.faults.extend(faults);
        let (packages, named): (Vec<_>, Vec<_>) = packages.into_iter().unzip();
        self.packages.extend(packages);
        self.named.extend(named);
        Ok(())
    }

    /// The lockfile, where it alone tells what some of the packages need of others.
    fn lock(&mut self, tree: &dyn Tree, unit: &Unit, manifests: &[PyProject]) -> Result<Option<Lock>> {
        let is_local = |manifest: &PyProject| manifest.sources.values().any(|origin| *origin != Origin::Elsewhere);
        let top = &manifests[0];
        let unknown: Vec<RepoPath> = manifests
            .iter()
            .filter(|manifest| COMPUTED.iter().any(|key| manifest.is_dynamic(key)))
            .filter(|manifest| is_local(manifest) || is_local(top))
            .map(|manifest| manifest.source.file.clone())
            .collect();
        if unknown.is_empty() {
            return Ok(None);
        }
        let lock = Lock::read(tree, &unit.folder);
        if !matches!(lock, Ok(Some(_))) {
            let why = "what these need is computed by their build backends, and there is no `uv.lock` to tell";
            let message = format!("{why}: {}", listed(&unknown));
            self.remarks.push(Remark { code: codes::DEPENDENCIES_UNKNOWN, message });
        }
        Ok(lock.ok().flatten())
    }

    /// Two released packages of one name cannot both be meant. Where nobody releases one of them, it is left out.
    fn refuse_duplicates(&mut self) {
        for Namesakes { name, places } in leave_out_namesakes(&mut self.packages, normalize) {
            let [first, second] = places.map(|index| Box::new(self.named[index].clone()));
            self.faults.push(Error::NameDuplicate { name: name.to_string(), first, second });
        }
    }
}

/// Reads the package files of a workspace, the root's first, or that of a project.
fn manifests(
    files: &Files<'_>,
    unit: &Unit,
    faults: &mut Vec<Error>,
    remarks: &mut Vec<Remark>,
) -> Result<Vec<PyProject>> {
    let Some(top) = files.manifest(&unit.folder, faults)? else { return Ok(Vec::new()) };
    let Some(globs) = &top.workspace else { return Ok(vec![top]) };
    let membership = Membership::of(&top, globs, faults);
    remarks.extend(passed_over(files, &membership)?);
    let folders = membership.folders(&top, &files.folders, &files.ignored, faults);
    let mut all = vec![top];
    for folder in folders {
        let before = faults.len();
        let found = files.manifest(&folder, faults)?;
        if found.is_none() && faults.len() == before {
            // It is listed and not to be read: a link to nothing, or to something that is no file.
            faults.push(Error::MemberMissing { folder: folder.clone(), place: all[0].source.place(None) });
        }
        all.extend(found.and_then(|manifest| member(manifest, faults)));
    }
    Ok(all)
}

/// The members that uv would enter and we do not: links to folders, and repositories of their own.
fn passed_over(files: &Files<'_>, membership: &Membership) -> Result<Option<Remark>> {
    let mut folders = Vec::new();
    for link in membership.among(&files.tree.links()?, &files.ignored) {
        // One that leads out of the repository is refused here; one to a file is no member.
        Source::read(files.tree, &PyProject::file(&link))?.transpose().map_err(Error::from)?;
        if files.tree.read(&link)?.is_none() {
            folders.push(link);
        }
    }
    folders.extend(membership.among(&files.tree.nested()?, &files.ignored));
    let message =
        || format!("members that lie behind a link or in another repository are not entered: {}", listed(&folders));
    Ok((!folders.is_empty()).then(|| Remark { code: codes::MEMBER_PASSED_OVER, message: message() }))
}

fn member(manifest: PyProject, faults: &mut Vec<Error>) -> Option<PyProject> {
    if !manifest.managed {
        return None;
    }
    if let Some(globs) = &manifest.workspace {
        faults.push(Error::NestedWorkspace { place: manifest.source.place(globs.span.clone()) });
        return None;
    }
    if manifest.project.is_none() && !manifest.table.contains_key("project") {
        let reason = "a workspace member must have a `[project]`".to_owned();
        faults.push(Error::PyProject { place: manifest.source.place(None), reason });
    }
    Some(manifest)
}

fn names(manifests: &[PyProject], faults: &mut Vec<Error>) -> Vec<PackageName> {
    let mut seen: BTreeMap<String, &PyProject> = BTreeMap::new();
    let mut names = Vec::new();
    for manifest in manifests {
        let Some(project) = &manifest.project else { continue };
        let place = |of: &PyProject| of.source.place(of.project.as_ref().map(|project| project.name.span.clone()));
        if let Some(first) = seen.insert(normalize(&project.name.value), manifest) {
            let name = project.name.value.clone();
            faults.push(Error::NameDuplicate { name, first: place(first), second: place(manifest) });
        }
        names.push(PackageName::new(project.name.value.clone()));
    }
    names
}
