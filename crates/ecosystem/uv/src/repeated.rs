//! Modules that say the version of their package once more, `__version__ = "1.2.0"`.

use std::collections::BTreeSet;

use releasekit_core::model::{Package, RepoPath, Version};
use releasekit_core::{Result, Tree, VersionScheme};
use releasekit_formats::python::Pep440;

use crate::dynamic;

/// What modules are called that exist to say a version.
const MODULES: &[&str] = &["version.py", "_version.py", "__version__.py", "__about__.py"];

/// Notes for each package that somebody publishes which of its modules say its version too.
pub(crate) fn note(tree: &dyn Tree, packages: &mut [Package]) -> Result<()> {
    let tops: BTreeSet<String> = packages.iter().flat_map(tops).collect();
    let is_near = |path: &&RepoPath| {
        let name = path.file_name().unwrap_or_default();
        MODULES.contains(&name) || (name == "__init__.py" && tops.contains(path.as_str()))
    };
    for path in tree.files()?.iter().filter(is_near) {
        let around = packages.iter_mut().filter(|package| path.starts_with(&package.path));
        let Some(package) = around.max_by_key(|package| package.path.as_str().len()) else { continue };
        if may_go_stale(package, path) && says(tree, path).is_some_and(|said| Some(said) == package.version) {
            package.repeated_in.push(path.clone());
        }
    }
    Ok(())
}

/// The modules that a package is imported by.
fn tops(package: &Package) -> impl Iterator<Item = String> + use<> {
    let module = package.name.as_str().replace(['-', '.'], "_").to_lowercase();
    let below = |folder: &str| package.path.join(format!("{folder}{module}/__init__.py")).ok();
    [below(""), below("src/")].into_iter().flatten().map(|path| path.as_str().to_owned())
}

/// Whether a file of a package is one that it publishes, and not the one that its version is read from. What lies beside its
/// code, such as a script for its documents, says its own version.
fn may_go_stale(package: &Package, path: &RepoPath) -> bool {
    let module = package.name.as_str().replace(['-', '.'], "_").to_lowercase();
    let first = path.strip_prefix(&package.path).and_then(|inside| inside.split('/').next());
    let is_code = first.is_some_and(|first| first == "src" || first.to_lowercase() == module);
    package.private.is_none() && package.version_file.as_ref().is_some_and(|file| file != path) && is_code
}

/// The version that a module says of itself. What cannot be read says nothing here.
fn says(tree: &dyn Tree, path: &RepoPath) -> Option<Version> {
    let text = String::from_utf8(tree.read(path).ok()??).ok()?;
    Pep440.parse(dynamic::said(&text)?).ok()
}
