//! One package, as its package file and the root of its workspace make it.

use releasekit_core::VersionScheme;
use releasekit_core::model::{
    Dependency, DependencyKind, Order, Package as Described, PackageName, Propagation, Published, RepoPath,
    Requirement, Version, Worded,
};
use releasekit_formats::npm::specifier::{Specifier, Wide};
use releasekit_formats::semver::SemVer;

use crate::error::Error;
use crate::manifest::Manifest;
use crate::need::{Need, Neighbour, Neighbours, Taken};
use crate::settings::Settings;

/// A requirement on a folder, or on whatever version there is, by which it is compared with others.
const FOLLOWS: &str = "workspace:*";

/// What is around a package.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) home: &'a RepoPath,
    pub(crate) settings: Option<&'a Settings>,
    pub(crate) neighbours: &'a Neighbours,
}

impl Around<'_> {
    /// Whether plain ranges on members are met by them.
    pub(crate) fn links(&self) -> bool {
        self.settings.is_some_and(|settings| settings.links)
    }
}

/// Describes a package that has a name. What is wrong with it goes to `faults`.
pub(crate) fn package(manifest: &Manifest, name: &str, around: Around<'_>, faults: &mut Vec<Error>) -> Described {
    let needs = Need::of(manifest, around.settings, faults);
    let file = manifest.source.file.clone();
    let described = Described::new(PackageName::new(name), manifest.folder.clone(), file.clone())
        .with_dependencies(needs.iter().filter_map(|need| dependency(need, manifest, around)).collect())
        .with_requirements(requirements(&needs, around))
        .with_runtime(manifest.node.clone());
    let described = match version(manifest, faults) {
        Some(version) => described.with_version(version, file),
        None => described,
    };
    match manifest.mark {
        Some(mark) => described.with_private(mark),
        None => described,
    }
}

/// The version. What is none is a fault of whatever somebody publishes.
pub(crate) fn version(manifest: &Manifest, faults: &mut Vec<Error>) -> Option<Version> {
    let written = manifest.version.as_ref()?;
    match SemVer.parse(&written.value) {
        Ok(version) => Some(version),
        Err(_) if manifest.mark.is_some() => None,
        Err(source) => {
            faults.push(Error::Value { place: manifest.source.place(Some(written.span.clone())), source });
            None
        }
    }
}

/// A dependency on a package of the label.
fn dependency(need: &Need<'_>, manifest: &Manifest, around: Around<'_>) -> Option<Dependency> {
    let (neighbour, taken) = need.internal(around.home, around.links(), around.neighbours)?;
    if neighbour.folder == manifest.folder {
        return None;
    }
    let entry = need.entry?;
    let table = format!("{}.{}", entry.table, entry.key);
    let dependency = Dependency::new(neighbour.name.clone(), need.kind, published(need, neighbour), table);
    let dependency = dependency.with_worded(if follows(need) { Worded::ByPin } else { Worded::AsWritten });
    if need.kind == DependencyKind::Dev {
        return Some(dependency);
    }
    let is_apart = taken == Taken::Beside || neighbour.home != *around.home;
    let propagates = if is_apart { Propagation::OutOfRange } else { Propagation::Configured };
    // Peers may lead around a circle, for neither installs the other.
    let orders = if need.kind == DependencyKind::Peer { Order::UnlessCircular } else { Order::First };
    let published = if entry.is_optional { Published::Optional } else { Published::Required };
    Some(dependency.with_propagation(propagates).with_orders(orders).with_published(published))
}

/// Whether a requirement is published as the very version that is there.
fn follows(need: &Need<'_>) -> bool {
    match need.specifier() {
        Specifier::Versions { range, is_workspace, .. } => is_workspace && Wide::of(range) == Some(Wide::Exact),
        specifier => matches!(specifier, Specifier::Path(_)),
    }
}

/// A requirement on a package of the label as it would be published now.
fn published(need: &Need<'_>, neighbour: &Neighbour) -> String {
    let version = neighbour.version.as_ref().map(Version::as_str);
    let range = match need.specifier() {
        Specifier::Versions { range, is_workspace: true, .. } => match (Wide::of(range), version) {
            (Some(wide), Some(version)) => format!("{}{version}", wide.operator()),
            (Some(_), None) => "*".to_owned(),
            (None, _) => range.to_owned(),
        },
        Specifier::Versions { range, .. } => range.to_owned(),
        _ => version.unwrap_or("*").to_owned(),
    };
    named(need, range)
}

/// A range behind the name of its package, where the key is another.
fn named(need: &Need<'_>, range: String) -> String {
    if need.name() == need.key { range } else { format!("npm:{}@{range}", need.name()) }
}

/// What the package publishes as its requirements, sorted, each once.
fn requirements(needs: &[Need<'_>], around: Around<'_>) -> Vec<Requirement> {
    let text = |need: &Need<'_>| match need.specifier() {
        Specifier::Versions { range, is_workspace: true, .. } => match Wide::of(range) {
            Some(Wide::Exact) => named(need, FOLLOWS.to_owned()),
            Some(wide) => named(need, format!("workspace:{}", wide.operator())),
            None => named(need, range.to_owned()),
        },
        Specifier::Versions { range, .. } => named(need, range.to_owned()),
        Specifier::Path(_) if need.internal(around.home, false, around.neighbours).is_some() => FOLLOWS.to_owned(),
        _ => need.text.value.clone(),
    };
    let published = needs.iter().filter(|need| need.kind != DependencyKind::Dev);
    let requirement = |need: &Need<'_>| Requirement { name: need.name().to_owned(), text: text(need) };
    let mut all: Vec<Requirement> = published.map(requirement).collect();
    all.sort();
    all.dedup();
    all
}
