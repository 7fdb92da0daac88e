//! What the files say, and how they change. A tree goes in, edits come out, and nothing is written.

use std::collections::BTreeMap;

use async_trait::async_trait;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use releasekit_core::codes::REQUIREMENT_AHEAD;
use releasekit_core::model::{Dependency, DependencyKind, Package, PackageName, RepoPath, Version};
use releasekit_core::workspace::{DetectRequest, DiscoverRequest, Discovered, EditRequest, PinRequest};
use releasekit_core::{BackendError, Diagnostic, FileEdit, Requirements, Result, Tree, VersionScheme, Workspace};

use crate::error::invalid;
use crate::files::{PACKAGE, WORKSPACE, changed, name, normal, published, values};
use crate::requirements::Needs;
use crate::scheme::Numbers;

/// Workspaces of leaflets.
#[derive(Debug, Clone, Copy)]
pub struct Leaflets;

fn globs(texts: &[String]) -> Result<GlobSet> {
    let mut globs = GlobSetBuilder::new();
    for text in texts {
        let glob = GlobBuilder::new(text).literal_separator(true).build();
        globs.add(glob.map_err(|error| invalid(error.to_string()))?);
    }
    globs.build().map_err(|error| invalid(error.to_string()))
}

/// Whether a file lies in a folder that is left out, which takes all below it along.
fn lies_in(globs: &GlobSet, file: &RepoPath) -> bool {
    std::iter::successors(file.parent(), RepoPath::parent).any(|folder| globs.is_match(folder.as_str()))
}

fn is_package(file: &RepoPath, excluded: &GlobSet) -> bool {
    file.file_name() == Some(PACKAGE) && !lies_in(excluded, file)
}

/// The folders of workspaces, sorted.
fn workspaces(tree: &dyn Tree, excluded: &GlobSet) -> Result<Vec<RepoPath>> {
    let files = tree.files()?;
    let is_root = |file: &&RepoPath| file.file_name() == Some(WORKSPACE) && !lies_in(excluded, file);
    let mut roots: Vec<RepoPath> = files.iter().filter(is_root).filter_map(RepoPath::parent).collect();
    roots.sort();
    // What lies below a root comes after it, and belongs to it.
    roots.dedup_by(|inner, outer| inner.starts_with(outer));
    Ok(roots)
}

/// Whether a file lies in no workspace. Leaflets that do share one root, which is the repository's own.
fn is_outside(workspaces: &[RepoPath], file: &RepoPath) -> bool {
    !workspaces.iter().any(|root| file.starts_with(root))
}

fn text(tree: &dyn Tree, file: &RepoPath) -> Result<String> {
    let bytes = tree.read(file)?.ok_or_else(|| invalid(format!("{file} is gone")))?;
    String::from_utf8(bytes).map_err(|_| invalid(format!("{file} is no text")))
}

fn package(tree: &dyn Tree, file: &RepoPath) -> Result<Package> {
    let text = text(tree, file)?;
    let value = |key| values(&text, key).next().ok_or_else(|| invalid(format!("{file} has no `{key}`")));
    let need = |need| Dependency::new(PackageName::new(name(need)), DependencyKind::Runtime, need, "needs");
    let needs = values(&text, "needs").map(need).collect();
    let folder = file.parent().unwrap_or_default();
    let package = Package::new(PackageName::new(value("name")?), folder, file.clone())
        .with_version(Numbers.parse(value("version")?)?, file.clone())
        .with_dependencies(needs)
        .with_requirements(values(&text, "needs").map(published).collect());
    Ok(match values(&text, "private").next() {
        Some(why) => package.with_private(why),
        None => package,
    })
}

/// Dependencies are on packages of the workspace alone, and name them as these name themselves.
fn among_themselves(mut packages: Vec<Package>) -> Vec<Package> {
    let member = |package: &Package| (normal(package.name.as_str()), package.name.clone());
    let members: BTreeMap<String, PackageName> = packages.iter().map(member).collect();
    for package in &mut packages {
        package.dependencies.retain_mut(|dependency| {
            let found = members.get(&normal(dependency.name.as_str()));
            found.inspect(|name| dependency.name = (*name).clone()).is_some()
        });
    }
    packages
}

/// The edits of package files: their own versions as `own` has them, and each need as `change` has it of a member's version.
fn edits(
    (tree, packages): (&dyn Tree, &[Package]),
    versions: &[(&PackageName, &Version)],
    moves_own: bool,
    change: impl Fn(&str, &Version) -> Result<String>,
) -> Result<Vec<FileEdit>> {
    let version = |name: &str| versions.iter().find(|(of, _)| normal(of.as_str()) == normal(name)).map(|(_, to)| *to);
    let mut edits = Vec::new();
    for package in packages {
        let before = text(tree, &package.manifest)?;
        let mut after = before.clone();
        if let Some(to) = version(package.name.as_str()).filter(|_| moves_own) {
            after = changed(&after, "version", |_| to.to_string());
        }
        let mut failed = None;
        after = changed(&after, "needs", |need| match version(name(need)).map(|version| change(need, version)) {
            Some(Ok(need)) => need,
            Some(Err(error)) => {
                failed = Some(error);
                need.to_owned()
            }
            None => need.to_owned(),
        });
        failed.map_or(Ok(()), Err)?;
        edits.extend((after != before).then(|| FileEdit::write(package.manifest.clone(), after)));
    }
    Ok(edits)
}

#[async_trait]
impl Workspace for Leaflets {
    fn scheme(&self) -> &dyn VersionScheme {
        &Numbers
    }

    fn requirements(&self) -> &dyn Requirements {
        &Needs
    }

    fn normalize(&self, name: &str) -> String {
        normal(name)
    }

    async fn detect(&self, request: &DetectRequest) -> Result<Vec<RepoPath>> {
        let globs = globs(&request.exclude)?;
        let mut roots = workspaces(request.tree.as_ref(), &globs)?;
        let files = request.tree.files()?;
        let is_loose = |file: &RepoPath| is_package(file, &globs) && is_outside(&roots, file);
        if files.iter().any(is_loose) {
            roots.insert(0, RepoPath::root());
        }
        Ok(roots)
    }

    async fn discover(&self, request: &DiscoverRequest) -> Result<Discovered> {
        let globs = globs(&request.exclude)?;
        let workspaces = workspaces(request.tree.as_ref(), &globs)?;
        let is_loose = !workspaces.contains(&request.root);
        let is_ours = |file: &RepoPath| file.starts_with(&request.root) && is_outside(&workspaces, file) == is_loose;
        let (mut packages, mut faults) = (Vec::new(), Vec::new());
        for file in request.tree.files()?.iter().filter(|file| is_package(file, &globs)) {
            if is_ours(file) {
                match package(request.tree.as_ref(), file) {
                    Ok(package) => packages.push(package),
                    Err(error) => faults.push(error),
                }
            }
        }
        BackendError::raise(faults)?;
        Ok(Discovered::new(among_themselves(packages)))
    }

    fn package_files(&self) -> &'static [&'static str] {
        &[PACKAGE]
    }

    fn package_name(&self, content: &[u8]) -> Option<String> {
        values(std::str::from_utf8(content).ok()?, "name").next().map(str::to_owned)
    }

    async fn edits(&self, request: &EditRequest) -> Result<Vec<FileEdit>> {
        let versions: Vec<_> = request.moves.iter().map(|step| (&step.name, &step.to)).collect();
        let files = (request.tree.as_ref(), request.packages.as_slice());
        // What asks for more than is planned stays: whoever needs it so waits for that version.
        edits(files, &versions, true, |need, version| match Needs.rewrite(need, version) {
            Err(error) if error.code() == REQUIREMENT_AHEAD => Ok(need.to_owned()),
            moved => moved,
        })
    }

    async fn pins(&self, request: &PinRequest) -> Result<Vec<FileEdit>> {
        let versions: Vec<_> = request.versions.iter().map(|(name, version)| (name, version)).collect();
        let files = (request.tree.as_ref(), request.packages.as_slice());
        edits(files, &versions, false, |need, version| Needs.pin(need, version, request.pin.unwrap_or_default()))
    }
}
