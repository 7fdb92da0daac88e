//! Package files in memory: lines of `key = value`.

use async_trait::async_trait;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use releasekit_core::codes::REQUIREMENT_AHEAD;
use releasekit_core::model::{Dependency, DependencyKind, Package, PackageName, RepoPath, Target};
use releasekit_core::workspace::{
    DetectRequest, DiscoverRequest, Discovered, EditRequest, Move, NamedRegistries, PinRequest,
};
use releasekit_core::{BackendError, Diagnostic, FileEdit, Requirements, Result, Tree, VersionScheme, Workspace};

use super::error::{demand, forbidden, invalid};
use super::lines::{PACKAGE_FILE, WORKSPACE_FILE, changed, name, required, values};
use super::requirements::MemoryRequirements;
use super::scheme::MemoryScheme;

/// Where requirements stand.
const TABLES: [(&str, DependencyKind); 3] = [
    ("requires", DependencyKind::Runtime),
    ("builds-with", DependencyKind::Build),
    ("works-with", DependencyKind::Dev),
];

/// Workspaces of text files.
#[derive(Debug, Clone, Copy)]
pub struct MemoryWorkspace {
    scheme: &'static dyn VersionScheme,
    requirements: &'static dyn Requirements,
}

impl Default for MemoryWorkspace {
    fn default() -> Self {
        Self::numbered(&MemoryScheme, &MemoryRequirements)
    }
}

impl MemoryWorkspace {
    /// Numbers and requires as another ecosystem does, whose requirements begin with a name.
    pub fn numbered(scheme: &'static dyn VersionScheme, requirements: &'static dyn Requirements) -> Self {
        Self { scheme, requirements }
    }

    fn package(&self, tree: &dyn Tree, file: &RepoPath) -> Result<Package> {
        let refuse = |why: &str| invalid(format!("{file} {why}"));
        let text = text(tree, file)?;
        let folder = file.parent().unwrap_or_else(RepoPath::root);
        let written = values(&text, "name").next().ok_or_else(|| refuse("names no package"))?;
        let mut package = Package::new(PackageName::new(written), folder, file.clone());
        if let Some(version) = values(&text, "version").next() {
            package = package.with_version(self.scheme.parse(version)?, file.clone());
        }
        if let Some(why) = values(&text, "private").next() {
            package = package.with_private(why);
        }
        package = package.with_registries(values(&text, "goes-to").map(str::to_owned).collect());
        let of = |(table, kind)| {
            let dependency = move |value: &str| Dependency::new(PackageName::new(name(value)), kind, value, table);
            values(&text, table).map(dependency).collect::<Vec<_>>()
        };
        let dependencies = TABLES.into_iter().flat_map(of).collect();
        Ok(package.with_dependencies(dependencies).with_requirements(values(&text, "requires").map(required).collect()))
    }

    /// Dependencies are on packages of the workspace alone, and name them as these name themselves.
    fn among_themselves(&self, mut packages: Vec<Package>) -> Vec<Package> {
        let names: Vec<PackageName> = packages.iter().map(|package| package.name.clone()).collect();
        for package in &mut packages {
            package.dependencies.retain_mut(|dependency| {
                let found = names.iter().find(|name| self.same(name, &dependency.name));
                found.inspect(|name| dependency.name = (*name).clone()).is_some()
            });
        }
        packages
    }

    /// The requirements of a package file, each as `change` has it of a package by its name.
    fn requiring(&self, text: &str, change: impl Fn(&str, &str) -> Result<String>) -> Result<String> {
        let mut failed = None;
        let mut text = text.to_owned();
        for (table, _) in TABLES {
            text = changed(&text, table, |value| {
                change(&self.normalize(name(value)), value).unwrap_or_else(|error| {
                    failed = Some(error);
                    value.to_owned()
                })
            });
        }
        failed.map_or(Ok(text), Err)
    }

    fn moved(&self, text: &str, package: &Package, moves: &[Move]) -> Result<String> {
        let to = |name: &str| moves.iter().find(|step| self.normalize(step.name.as_str()) == name).map(|step| &step.to);
        let text = match to(&self.normalize(package.name.as_str())) {
            Some(version) => changed(text, "version", |_| version.to_string()),
            None => text.to_owned(),
        };
        self.requiring(&text, |name, value| match to(name) {
            Some(version) => match self.requirements.rewrite(value, version) {
                Err(error) if error.code() == REQUIREMENT_AHEAD => Ok(value.to_owned()),
                rewritten => rewritten,
            },
            None => Ok(value.to_owned()),
        })
    }

    /// The packages are those of the tree, and what is said is said of them, once each.
    fn judge(&self, packages: &[Package], said: Vec<&PackageName>) -> Result<()> {
        let is_member = |name: &PackageName| packages.iter().any(|package| self.same(&package.name, name));
        demand(said.iter().all(|name| is_member(name)), "a package is named that the workspace does not have")?;
        let twice = |(at, name): (usize, &&PackageName)| said[..at].iter().any(|other| self.same(other, name));
        demand(!said.iter().enumerate().any(twice), "a package is named twice")
    }

    fn same(&self, one: &PackageName, other: &PackageName) -> bool {
        self.normalize(one.as_str()) == self.normalize(other.as_str())
    }
}

fn text(tree: &dyn Tree, file: &RepoPath) -> Result<String> {
    let bytes = tree.read(file)?.ok_or_else(|| forbidden(format!("{file} is not in the tree")))?;
    String::from_utf8(bytes).map_err(|_| invalid(format!("{file} is no text")))
}

/// The edits of the package files that change.
fn edits(
    tree: &dyn Tree,
    packages: &[Package],
    change: impl Fn(&str, &Package) -> Result<String>,
) -> Result<Vec<FileEdit>> {
    let mut edits = Vec::new();
    for package in packages {
        let before = text(tree, &package.manifest)?;
        let after = change(&before, package)?;
        edits.extend((after != before).then(|| FileEdit::write(package.manifest.clone(), after)));
    }
    Ok(edits)
}

/// What the file of a workspace says of registries.
fn registries(tree: &dyn Tree, root: &RepoPath) -> Result<NamedRegistries> {
    let file = root.join(WORKSPACE_FILE).expect("a file name is a legal path");
    let Some(bytes) = tree.read(&file)? else { return Ok(NamedRegistries::default()) };
    let text = String::from_utf8(bytes).map_err(|_| invalid(format!("{file} is no text")))?;
    let known = values(&text, "registry").filter_map(|value| value.split_once(' '));
    let target = |(name, url): (&str, &str)| (name.to_owned(), Target::new("memory", url, url).with_name(name));
    let known = known.map(target).collect();
    Ok(NamedRegistries { known, usual: values(&text, "usual").next().map(str::to_owned) })
}

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

/// The outermost folders of workspaces, sorted.
fn workspaces(tree: &dyn Tree, globs: &GlobSet) -> Result<Vec<RepoPath>> {
    let files = tree.files()?;
    let is_root = |file: &&RepoPath| has_name(file, WORKSPACE_FILE) && !lies_in(globs, file);
    let mut roots: Vec<RepoPath> = files.iter().filter(is_root).filter_map(RepoPath::parent).collect();
    roots.sort();
    let all = roots.clone();
    roots.retain(|root| !all.iter().any(|other| other != root && root.starts_with(other)));
    Ok(roots)
}

/// Whether a file lies in no workspace; all that do share a root, which is the repository's own.
fn is_outside(workspaces: &[RepoPath], file: &RepoPath) -> bool {
    !workspaces.iter().any(|root| file.starts_with(root))
}

fn has_name(file: &RepoPath, name: &str) -> bool {
    file.file_name() == Some(name)
}

#[async_trait]
impl Workspace for MemoryWorkspace {
    fn scheme(&self) -> &dyn VersionScheme {
        self.scheme
    }

    fn requirements(&self) -> &dyn Requirements {
        self.requirements
    }

    fn normalize(&self, name: &str) -> String {
        name.to_lowercase()
    }

    async fn detect(&self, request: &DetectRequest) -> Result<Vec<RepoPath>> {
        let globs = globs(&request.exclude)?;
        let mut roots = workspaces(request.tree.as_ref(), &globs)?;
        let files = request.tree.files()?;
        let is_loose =
            |file: &RepoPath| has_name(file, PACKAGE_FILE) && !lies_in(&globs, file) && is_outside(&roots, file);
        if files.iter().any(is_loose) {
            roots.insert(0, RepoPath::root());
        }
        Ok(roots)
    }

    async fn discover(&self, request: &DiscoverRequest) -> Result<Discovered> {
        let globs = globs(&request.exclude)?;
        let workspaces = workspaces(request.tree.as_ref(), &globs)?;
        let is_loose = !workspaces.contains(&request.root);
        let (mut packages, mut faults) = (Vec::new(), Vec::new());
        for file in request.tree.files()?.iter().filter(|file| has_name(file, PACKAGE_FILE)) {
            let is_ours = file.starts_with(&request.root) && is_outside(&workspaces, file) == is_loose;
            if is_ours && !lies_in(&globs, file) {
                match self.package(request.tree.as_ref(), file) {
                    Ok(package) => packages.push(package),
                    Err(error) => faults.push(error),
                }
            }
        }
        BackendError::raise(faults)?;
        let registries = registries(request.tree.as_ref(), &request.root)?;
        Ok(Discovered::new(self.among_themselves(packages)).with_registries(registries))
    }

    fn package_files(&self) -> &'static [&'static str] {
        &[PACKAGE_FILE]
    }

    fn package_name(&self, content: &[u8]) -> Option<String> {
        values(std::str::from_utf8(content).ok()?, "name").next().map(str::to_owned)
    }

    async fn edits(&self, request: &EditRequest) -> Result<Vec<FileEdit>> {
        self.judge(&request.packages, request.moves.iter().map(|step| &step.name).collect())?;
        edits(request.tree.as_ref(), &request.packages, |text, package| self.moved(text, package, &request.moves))
    }

    async fn pins(&self, request: &PinRequest) -> Result<Vec<FileEdit>> {
        self.judge(&request.packages, request.versions.iter().map(|(name, _)| name).collect())?;
        edits(request.tree.as_ref(), &request.packages, |text, _| {
            self.requiring(text, |name, value| {
                let version = request.versions.iter().find(|(of, _)| self.normalize(of.as_str()) == name);
                match (version, request.pin) {
                    (Some((_, version)), pin) => self.requirements.pin(value, version, pin.unwrap_or_default()),
                    (None, _) => Ok(value.to_owned()),
                }
            })
        })
    }
}
