//! Whether artifacts are what the manifest says: pure, values in, faults out.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobSet;
use releasekit_core::model::{
    Artifact, ArtifactKind, Dependency, DependencyKind, Identity, Package, PackageId, Published, Requirement, Version,
    Worded,
};
use releasekit_core::{Requirements, VersionScheme};

use crate::error::Error;
use crate::failure::Failure;
use crate::globs::globs;

/// What a package's artifacts should be.
pub(super) struct Expected<'a> {
    pub(super) id: &'a PackageId,
    pub(super) package: &'a Package,
    pub(super) version: &'a Version,
    /// What the package requires once pinned.
    pub(super) requirements: &'a [Requirement],
    /// Globs of the file names a release consists of; empty for the usual set.
    pub(super) declared: &'a [String],
    /// The usual set.
    pub(super) usual: &'a [ArtifactKind],
    pub(super) scheme: &'a dyn VersionScheme,
    pub(super) dialect: &'a dyn Requirements,
    /// The packages of the label, in normal form, with the version that each has in this release, where it is published.
    pub(super) siblings: &'a BTreeMap<String, Option<Version>>,
    pub(super) normalize: &'a dyn Fn(&str) -> String,
}

/// A file and what it says of itself.
pub(super) type Inspected = (Artifact, Identity);

/// Every fault of a package's artifacts.
pub(super) fn faults(expected: &Expected<'_>, files: &[Inspected]) -> Vec<Error> {
    let declared = match globs(expected.declared) {
        Ok(declared) => declared,
        Err(error) => return vec![error],
    };
    let mut faults: Vec<Error> = files.iter().filter_map(|file| foreign_platform(expected, &declared, file)).collect();
    if faults.is_empty() {
        faults.extend(wrong_set(expected, &declared, files));
    }
    faults.extend(files.iter().filter_map(|file| wrong_identity(expected, file)));
    faults.extend(files.iter().filter_map(|file| wrong_requirements(expected, file)));
    faults.extend(files.iter().filter_map(|file| computed_requirements(expected, file)));
    faults
}

fn foreign_platform(expected: &Expected<'_>, declared: &GlobSet, (artifact, identity): &Inspected) -> Option<Error> {
    let platform = identity.platform.clone()?;
    if declared.is_match(&artifact.file_name) {
        return None;
    }
    let (package, file) = (expected.id.clone(), artifact.file_name.clone());
    Some(Failure::PlatformWheel { package, file, platform }.into())
}

fn wrong_set(expected: &Expected<'_>, declared: &GlobSet, files: &[Inspected]) -> Option<Error> {
    let mut names = files.iter().map(|(artifact, _)| artifact.file_name.as_str());
    let what = if expected.declared.is_empty() {
        unusual(expected.usual, files)
    } else {
        let matched: BTreeSet<usize> = names.clone().flat_map(|name| declared.matches(name)).collect();
        let unmatched = (0..expected.declared.len()).find(|index| !matched.contains(index));
        let undeclared = names.find(|name| !declared.is_match(name));
        let missing = unmatched.map(|index| format!("no file matches `{}`", expected.declared[index]));
        missing.or_else(|| undeclared.map(|name| format!("`{name}` is not among the package's `artifacts`")))
    };
    what.map(|what| incomplete(expected.id, expected.version, what))
}

/// A set of artifacts that is not a release's, and what is wrong with it.
pub(super) fn incomplete(id: &PackageId, version: &Version, what: String) -> Error {
    Failure::Incomplete { package: id.clone(), version: version.clone(), what }.into()
}

/// What speaks against these files being one of each usual kind, and others of these kinds with a classifier each.
fn unusual(usual: &[ArtifactKind], files: &[Inspected]) -> Option<String> {
    let alike = |kind: ArtifactKind, classifier: Option<&str>| {
        let of_it = files.iter().filter(|(it, _)| it.kind == kind && it.classifier.as_deref() == classifier);
        of_it.count()
    };
    let missing = usual.iter().find(|kind| alike(**kind, None) == 0);
    if let Some(kind) = missing {
        return Some(format!("there is no {}", name_of(*kind)));
    }
    let surplus = |(artifact, _): &&Inspected| {
        !usual.contains(&artifact.kind) || alike(artifact.kind, artifact.classifier.as_deref()) > 1
    };
    files.iter().find(surplus).map(|(artifact, _)| format!("`{}` is one too many", artifact.file_name))
}

fn name_of(kind: ArtifactKind) -> &'static str {
    match kind {
        ArtifactKind::Binary => "file that installs as it is",
        _ => "source file",
    }
}

fn wrong_identity(expected: &Expected<'_>, (artifact, identity): &Inspected) -> Option<Error> {
    let same_name =
        (expected.normalize)(identity.name.as_str()) == (expected.normalize)(expected.package.name.as_str());
    let same_version = expected.scheme.compare(&identity.version, expected.version).is_eq();
    let mismatch = || Failure::IdentityMismatch {
        package: expected.id.clone(),
        file: artifact.file_name.clone(),
        found: format!("`{}` {}", identity.name, identity.version),
        expected: format!("`{}` {}", expected.package.name, expected.version),
    };
    (!same_name || !same_version).then(|| mismatch().into())
}

/// Compares the requirements on siblings, normalised, with the pinned ones.
fn wrong_requirements(expected: &Expected<'_>, (artifact, identity): &Inspected) -> Option<Error> {
    // Build requirements are pinned too, but an artifact need not repeat them.
    let stands_inside =
        |dependency: &&Dependency| dependency.published != Published::No && dependency.kind != DependencyKind::Build;
    let is_computed = |dependency: &&Dependency| dependency.worded == Worded::ByBuild;
    let installed = expected.package.dependencies.iter().filter(stands_inside).filter(|it| !is_computed(it));
    let installed: BTreeSet<String> =
        installed.map(|dependency| (expected.normalize)(dependency.name.as_str())).collect();
    let on_siblings = |requirement: &&Requirement| installed.contains(&(expected.normalize)(&requirement.name));
    let found: BTreeSet<&str> =
        identity.requirements.iter().filter(on_siblings).map(|requirement| requirement.text.as_str()).collect();
    let wanted: BTreeSet<&str> =
        expected.requirements.iter().filter(on_siblings).map(|requirement| requirement.text.as_str()).collect();
    let what = if let Some(text) = found.difference(&wanted).next() {
        format!("requires `{text}`, and the pins are {}", quoted(&wanted))
    } else if let Some(text) = wanted.difference(&found).next() {
        format!("does not require `{text}`")
    } else {
        return None;
    };
    let (package, file) = (expected.id.clone(), artifact.file_name.clone());
    Some(Failure::RequirementMismatch { package, file, what }.into())
}

/// Requirements on packages of the repository that only the build could say: each must be an edge of the graph, for else
/// nobody waited for what it names, and admit what is released with it.
fn computed_requirements(expected: &Expected<'_>, (artifact, identity): &Inspected) -> Option<Error> {
    let normal = |name: &str| (expected.normalize)(name);
    let declared: BTreeSet<String> = expected.requirements.iter().map(|declared| normal(&declared.name)).collect();
    let edges: BTreeSet<String> =
        expected.package.dependencies.iter().map(|dependency| normal(dependency.name.as_str())).collect();
    let own = normal(expected.package.name.as_str());
    let what = identity.requirements.iter().find_map(|requirement| {
        let name = normal(&requirement.name);
        let version = expected.siblings.get(&name).filter(|_| name != own && !declared.contains(&name))?;
        if !edges.contains(&name) {
            return Some(format!(
                "requires `{}`, a package of this repository that no file says it needs",
                requirement.text
            ));
        }
        let version = version.as_ref()?;
        let admits = expected.dialect.satisfies(&requirement.text, version).unwrap_or(false);
        (!admits)
            .then(|| format!("requires `{}`, which does not admit the {version} of this release", requirement.text))
    })?;
    let (package, file) = (expected.id.clone(), artifact.file_name.clone());
    Some(Failure::RequirementMismatch { package, file, what }.into())
}

fn quoted(texts: &BTreeSet<&str>) -> String {
    texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::{EcosystemLabel, PackageName, RepoPath};
    use releasekit_formats::python::{Pep440, Pep508};

    use super::*;

    /// What is wrong with an `app` 1.0.0 whose build says that it requires this, beside `zed` 2.0.0.
    fn wrong(requires: &str, needs: &[Dependency], declared: &[Requirement]) -> Option<String> {
        let name = PackageName::new("app");
        let (id, version) = (PackageId::new(EcosystemLabel::new("py"), name.clone()), Version::from_canonical("1.0.0"));
        let package = Package::new(name.clone(), RepoPath::root(), RepoPath::root()).with_dependencies(needs.to_vec());
        let known = [("app", "1.0.0"), ("zed", "2.0.0")];
        let known = known.map(|(name, version)| (name.to_owned(), Some(Version::from_canonical(version))));
        let expected = Expected {
            id: &id,
            package: &package,
            version: &version,
            requirements: declared,
            declared: &[],
            usual: &[],
            scheme: &Pep440,
            dialect: &Pep508,
            siblings: &known.into(),
            normalize: &str::to_lowercase,
        };
        let mut identity = Identity::new(name, version.clone());
        identity.requirements = vec![Requirement { name: "zed".to_owned(), text: requires.to_owned() }];
        let artifact = Artifact::new("app.whl".into(), "app.whl".to_owned(), ArtifactKind::Binary, 0, Vec::new());
        computed_requirements(&expected, &(artifact, identity)).map(|error| error.to_string())
    }

    #[test]
    fn what_only_a_build_requires_must_be_an_edge_and_admit_the_release() {
        let edge = Dependency::new(PackageName::new("Zed"), DependencyKind::Runtime, "zed", "uv.lock");
        let edge = [edge.with_worded(Worded::ByBuild)];
        let declared = [Requirement { name: "zed".to_owned(), text: "zed==1.0.0".to_owned() }];
        let unknown = wrong("zed==2.0.0", &[], &[]).expect("nobody waited for zed");
        assert!(unknown.contains("requires `zed==2.0.0`, a package of this repository"), "{unknown}");
        let left = wrong("zed==1.0.0", &edge, &[]).expect("nobody could install it");
        assert!(left.contains("does not admit the 2.0.0 of this release"), "{left}");
        assert_eq!(wrong("zed>=2", &edge, &[]), None);
        assert_eq!(wrong("zed==1.0.0", &[], &declared), None, "written down, and from an index on purpose");
    }
}
