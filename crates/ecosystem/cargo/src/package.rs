//! One crate, as its package file and the root of its workspace make it.

use releasekit_core::VersionScheme;
use releasekit_core::model::{
    Dependency, DependencyKind, Order, Package as Described, PackageName, Propagation, Published, Requirement, Worded,
};
use releasekit_formats::cargo::name::canonical as normalize;
use releasekit_formats::manifest::Source;
use releasekit_formats::manifest::toml::Spanned;
use releasekit_formats::semver::SemVer;
use semver::VersionReq;

use crate::error::Error;
use crate::manifest::{Field, Manifest, Package, Publish};
use crate::need::{Need, Neighbours};

/// Describes it. What is wrong with it goes to `faults`.
pub(crate) fn package(
    manifest: &Manifest,
    package: &Package,
    root: &Manifest,
    neighbours: &Neighbours,
    faults: &mut Vec<Error>,
) -> Described {
    let needs = Need::of(manifest, root, faults);
    let name = PackageName::new(package.name.value.clone());
    let mut described = Described::new(name, manifest.folder.clone(), manifest.source.file.clone())
        .with_dependencies(needs.iter().filter_map(|need| dependency(need, manifest, root, neighbours)).collect())
        .with_requirements(requirements(&needs, faults));
    if let Some((source, version)) = version(manifest, package, root, faults) {
        match SemVer.parse(&version.value) {
            Ok(version) => described = described.with_version(version, source.file.clone()),
            Err(error) => {
                faults.push(Error::Value { place: source.place(Some(version.span.clone())), source: error });
            }
        }
        if matches!(package.version, Some(Field::Inherited(_))) {
            described = described.with_version_group(root.source.file.as_str());
        }
    }
    if let Some(Publish::To(names)) = publish(manifest, package, root, faults) {
        described = described.with_registries(names);
    }
    match mark(manifest, package, root, &mut Vec::new()) {
        Some(mark) => described.with_private(mark),
        None => described,
    }
}

/// What marks a crate as one that nobody publishes.
pub(crate) fn mark(
    manifest: &Manifest,
    package: &Package,
    root: &Manifest,
    faults: &mut Vec<Error>,
) -> Option<&'static str> {
    match publish(manifest, package, root, faults) {
        Some(Publish::To(names)) if names.is_empty() => Some("`publish = false`"),
        Some(_) => None,
        None => package.version.is_none().then_some("no `version`"),
    }
}

/// The version, and the file that it stands in.
pub(crate) fn version<'m>(
    manifest: &'m Manifest,
    package: &'m Package,
    root: &'m Manifest,
    faults: &mut Vec<Error>,
) -> Option<(&'m Source, &'m Spanned)> {
    match package.version.as_ref()? {
        Field::Own(version) => Some((&manifest.source, version)),
        Field::Inherited(span) => {
            let found = root.workspace.as_ref().and_then(|workspace| workspace.version.as_ref());
            if found.is_none() {
                faults.push(not_said(manifest, span.clone(), "version", root));
            }
            found.map(|version| (&root.source, version))
        }
    }
}

fn publish(manifest: &Manifest, package: &Package, root: &Manifest, faults: &mut Vec<Error>) -> Option<Publish> {
    match package.publish.as_ref()? {
        Field::Own(publish) => Some(publish.clone()),
        Field::Inherited(span) => {
            let found = root.workspace.as_ref().and_then(|workspace| workspace.publish.clone());
            if found.is_none() {
                faults.push(not_said(manifest, span.clone(), "publish", root));
            }
            found
        }
    }
}

fn not_said(manifest: &Manifest, span: std::ops::Range<usize>, key: &str, root: &Manifest) -> Error {
    let reason = format!("it inherits `{key}`, and `[workspace.package]` of `{}` does not say it", root.source.file);
    Error::Manifest { place: manifest.source.place(Some(span)), reason }
}

/// A dependency on a crate of the label. What is published says what the package file says, and every crate that it names has
/// to be at the registry, those of features too. cargo leaves out what developers take from a folder without a version; with
/// one it is looked for there, unless that leads back to the crate itself.
fn dependency(need: &Need<'_>, manifest: &Manifest, root: &Manifest, neighbours: &Neighbours) -> Option<Dependency> {
    let neighbour = need.internal(root, neighbours)?;
    let name = &neighbour.name;
    if manifest.name() == Some(name.as_str()) {
        return None;
    }
    let table = format!("{}.{}", need.entry.table, toml_edit::Key::new(&need.entry.key).display_repr());
    let dependency = Dependency::new(name.clone(), need.kind, need.text(), table).with_worded(Worded::AsWritten);
    Some(match need.kind {
        DependencyKind::Dev if need.requirement.is_some() => dependency.with_orders(Order::UnlessCircular),
        DependencyKind::Dev => dependency,
        // What belongs to another workspace keeps its own pace.
        _ if neighbour.home != root.folder => {
            dependency.with_propagation(Propagation::OutOfRange).with_published(Published::Required)
        }
        _ => dependency,
    })
}

/// What the crate publishes as its requirements, sorted, each once.
fn requirements(needs: &[Need<'_>], faults: &mut Vec<Error>) -> Vec<Requirement> {
    let mut all = Vec::new();
    for need in needs {
        match VersionReq::parse(need.text()) {
            Ok(read) if need.kind != DependencyKind::Dev => {
                all.push(Requirement { name: normalize(need.name), text: read.to_string() });
            }
            Ok(_) => {}
            Err(error) => {
                let Some((source, requirement)) = need.requirement else { continue };
                let reason = format!("`{}` is no requirement: {error}", requirement.value);
                faults.push(Error::Manifest { place: source.place(Some(requirement.span.clone())), reason });
            }
        }
    }
    all.sort();
    all.dedup();
    all
}
