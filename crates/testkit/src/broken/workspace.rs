//! Workspaces in memory that break a promise each.

use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::model::{
    Dependency, DependencyKind, Package, PackageName, Published, RepoPath, Requirement, Version,
};
use releasekit_core::requirements::Pin;
use releasekit_core::tree::Overlay;
use releasekit_core::workspace::{DetectRequest, DiscoverRequest, Discovered, EditRequest, Move, PinRequest};
use releasekit_core::{Diagnostic, ErrorKind, FileEdit, Requirements, Result, Tree, VersionScheme, Workspace};

use crate::memory::{MemoryWorkspace, fault};
use crate::suite::Caught;

/// What it does other than it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// It finds one root.
    First,
    /// The repository itself is a workspace where there is no other.
    Everywhere,
    /// What is excluded is a root.
    Roots,
    /// What lies outside of every workspace is overlooked.
    Overlooks,
    /// Packages come in another order.
    Disorders,
    /// What lies beside a root belongs to it.
    Gathers,
    /// A package has no file of its version.
    Placeless,
    /// The file of a version is none.
    Misplaces,
    /// A dependency names a package otherwise than that names itself.
    Respells,
    /// What everybody requires is required by developers.
    Demotes,
    /// What is required of nobody here is a dependency.
    Adopts,
    /// A version is said as its file spells it.
    Quotes,
    /// No requirement is published.
    Silent,
    /// A requirement names a package in capitals.
    Shouts,
    /// What developers require is published.
    Publishes,
    /// No mark is read.
    Opens,
    /// Where a package is published is not read.
    Redirects,
    /// Every package is published to a registry with a name.
    Directs,
    /// What developers require is required by all.
    Promotes,
    /// What is excluded is there.
    Includes,
    /// What lies below a folder that is excluded is there.
    Peeks,
    /// What cannot be read is left out.
    Skips,
    /// Only the first glob counts.
    Narrows,
    /// The first fault is told.
    TellsOne,
    /// Where nothing is left it fails.
    Demands,
    /// A star reaches into folders.
    Reaches,
    /// A name has as many forms as it has spellings.
    Literal,
    /// Package files name other packages than are found.
    Misnames,
    /// A move to the same version adds a line.
    Touches,
    /// A move to the same version is an edit that changes nothing.
    Repeats,
    /// A version is not set where two move.
    Forgets,
    /// No version is set back.
    Advances,
    /// Whoever requires what moves moves too.
    Drags,
    /// A first version is not set.
    Waits,
    /// It notes what it did in a file of its own.
    Notes,
    /// What is private stays.
    Spares,
    /// Requirements stay behind.
    Leaves,
    /// Requirements follow to the final version of a prerelease.
    Finalizes,
    /// What developers require stays behind.
    Abandons,
    /// Requirements follow although they need not.
    Follows,
    /// The move that is named first counts.
    Orders,
    /// What is made is made again, longer.
    Grows,
    /// Comments are lost.
    Strips,
    /// All lines end alike.
    Unifies,
    /// Pins admit what is later.
    Loosens,
    /// The last line ends.
    Ends,
    /// What is compatible is later.
    Widens,
    /// All that stands at the version of a package moves with it.
    Replaces,
    /// A minimum is exact.
    Tightens,
    /// Bytes that are no text are replaced.
    Guesses,
    /// What is to be kept is pinned.
    Pins,
    /// What is compatible is exact.
    Freezes,
    /// Pins name the final version of a prerelease.
    Rounds,
    /// Pins set versions.
    Sets,
    /// Pins are for all that is required.
    PinsAll,
}

/// A workspace in memory that breaks one promise.
#[derive(Debug, Clone, Copy)]
pub struct Broken(pub Lie);

impl Lie {
    /// Each with the cases of [the suite](crate::suite::workspace) that catch it.
    pub const CAUGHT: &[Caught<Self>] = &[
        (Self::First, &["roots_are_found_and_sorted"]),
        (Self::Everywhere, &["where_no_workspace_is_none_is_found"]),
        (Self::Roots, &["what_is_excluded_is_no_root"]),
        (Self::Overlooks, &["every_package_belongs_to_one_root"]),
        (Self::Disorders, &["packages_are_ordered_by_path"]),
        (Self::Gathers, &["what_lies_beside_a_root_belongs_to_none_of_it"]),
        (Self::Placeless, &["packages_say_what_their_files_say"]),
        (Self::Misplaces, &["packages_say_what_their_files_say"]),
        (Self::Respells, &["packages_say_what_their_files_say"]),
        (Self::Demotes, &["packages_say_what_their_files_say"]),
        (Self::Adopts, &["what_is_required_of_others_is_no_dependency"]),
        (Self::Quotes, &["a_version_is_said_in_its_canonical_spelling"]),
        (Self::Silent, &["requirements_are_those_that_are_published"]),
        (Self::Shouts, &["requirements_are_those_that_are_published"]),
        (Self::Publishes, &["requirements_are_those_that_are_published"]),
        (Self::Opens, &["what_is_marked_private_is_private"]),
        (Self::Redirects, &["where_a_package_is_published_is_said"]),
        (Self::Directs, &["where_a_package_is_published_is_said"]),
        (Self::Promotes, &["what_developers_require_holds_nobody"]),
        (Self::Includes, &["what_is_excluded_is_left_out"]),
        (Self::Peeks, &["what_is_excluded_is_left_out"]),
        (Self::Skips, &["what_cannot_be_read_is_invalid"]),
        (Self::Narrows, &["what_is_excluded_is_left_out"]),
        (Self::TellsOne, &["independent_faults_are_told_together"]),
        (Self::Demands, &["where_nothing_is_left_nothing_fails"]),
        (Self::Reaches, &["a_star_stays_within_a_folder"]),
        (Self::Literal, &["a_name_has_one_normal_form"]),
        (Self::Misnames, &["package_files_name_their_packages"]),
        (Self::Touches, &["a_move_to_the_same_version_edits_nothing"]),
        (Self::Repeats, &["a_move_to_the_same_version_edits_nothing"]),
        (Self::Forgets, &["versions_are_set"]),
        (Self::Advances, &["a_move_leads_where_it_says_from_anywhere"]),
        (Self::Drags, &["other_packages_keep_their_versions"]),
        (Self::Waits, &["a_move_leads_where_it_says_from_anywhere"]),
        (Self::Notes, &["only_package_files_are_edited"]),
        (Self::Spares, &["a_private_package_moves_too"]),
        (Self::Leaves, &["requirements_follow_what_leaves_them"]),
        (Self::Finalizes, &["requirements_follow_a_prerelease"]),
        (Self::Abandons, &["what_developers_require_follows_too"]),
        (Self::Follows, &["requirements_that_admit_are_left"]),
        (Self::Orders, &["the_order_of_moves_does_not_count"]),
        (Self::Grows, &["edits_that_are_made_need_no_more"]),
        (Self::Strips, &["what_does_not_move_stays_as_it_is"]),
        (Self::Unifies, &["ends_of_lines_stay"]),
        (Self::Loosens, &["pins_are_exact"]),
        (Self::Ends, &["ends_of_lines_stay"]),
        (Self::Widens, &["pins_can_be_compatible"]),
        (Self::Replaces, &["what_a_package_requires_stays_where_it_moves_itself"]),
        (Self::Tightens, &["pins_can_be_minimums"]),
        (Self::Guesses, &["what_is_no_text_is_kept_or_refused"]),
        (Self::Pins, &["what_is_kept_is_not_pinned"]),
        (Self::Freezes, &["pins_can_be_compatible"]),
        (Self::Rounds, &["a_pin_admits_a_prerelease"]),
        (Self::Sets, &["pins_move_no_version"]),
        (Self::PinsAll, &["pins_leave_what_others_provide"]),
    ];
}

fn inner() -> MemoryWorkspace {
    MemoryWorkspace::default()
}

/// Whether exactly these packages move, each to the version beside it.
fn moves(request: &EditRequest, expected: &[(&str, &str)]) -> bool {
    let is_it = |step: &Move, (name, to): &(&str, &str)| step.name.as_str() == *name && step.to.as_str() == *to;
    request.moves.len() == expected.len() && request.moves.iter().zip(expected).all(|(step, it)| is_it(step, it))
}

/// Whether developers require something.
fn has_developers(request: &EditRequest) -> bool {
    let mut dependencies = request.packages.iter().flat_map(|package| &package.dependencies);
    dependencies.any(|dependency| dependency.kind == DependencyKind::Dev)
}

/// The edits with the text of each as `change` has it.
fn rewritten(edits: Vec<FileEdit>, change: impl Fn(String) -> String) -> Vec<FileEdit> {
    let text = |edit: FileEdit| {
        let before = String::from_utf8(edit.content.unwrap_or_default()).unwrap_or_default();
        FileEdit::write(edit.path, change(before))
    };
    edits.into_iter().map(text).collect()
}

fn read(tree: &dyn Tree, file: &RepoPath) -> Result<String> {
    Ok(String::from_utf8(tree.read(file)?.unwrap_or_default()).unwrap_or_default())
}

/// The tree with text in place of what is none.
fn guessed(tree: &Arc<dyn Tree>) -> Result<Arc<dyn Tree>> {
    let mut edits = Vec::new();
    for file in tree.files()?.iter() {
        let bytes = tree.read(file)?.unwrap_or_default();
        edits.push(FileEdit::write(file.clone(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok(Arc::new(Overlay::new(tree.clone(), edits)))
}

fn is_text(tree: &Arc<dyn Tree>) -> Result<bool> {
    let mut is_text = true;
    for file in tree.files()?.iter() {
        is_text &= String::from_utf8(tree.read(file)?.unwrap_or_default()).is_ok();
    }
    Ok(is_text)
}

/// The version as the package file spells it.
fn quoted(tree: &dyn Tree, package: &Package) -> Result<Option<Version>> {
    let text = read(tree, &package.manifest)?;
    Ok(text.lines().find_map(|line| line.strip_prefix("version = ")).map(Version::from_canonical))
}

impl Broken {
    /// What it says of a package.
    fn change(&self, package: &mut Package) {
        let has = |name: &str, package: &Package| package.requirements.iter().any(|it| it.name == name);
        match self.0 {
            Lie::Adopts if has("others", package) => {
                let name = PackageName::new("others");
                package.dependencies.push(Dependency::new(name, DependencyKind::Runtime, "others", "requires"));
            }
            Lie::Demotes => package.dependencies.iter_mut().for_each(|it| it.kind = DependencyKind::Dev),
            Lie::Misplaces => package.version_file = package.path.join("VERSION").ok(),
            Lie::Silent => package.requirements.clear(),
            Lie::Shouts => package.requirements.iter_mut().for_each(|it| it.name = it.name.to_uppercase()),
            Lie::Publishes => {
                let developers = package.dependencies.iter().filter(|it| it.kind == DependencyKind::Dev);
                let published =
                    |it: &Dependency| Requirement { name: it.name.to_string(), text: it.requirement.clone() };
                package.requirements.extend(developers.map(published));
            }
            Lie::Opens => package.private = None,
            Lie::Redirects => package.registries.clear(),
            Lie::Directs => package.registries.push("house".to_owned()),
            Lie::Promotes => package.dependencies.iter_mut().for_each(|it| it.published = Published::Required),
            _ => {}
        }
    }

    async fn edited(&self, request: &EditRequest) -> Result<Vec<FileEdit>> {
        let mut edits = inner().edits(request).await?;
        let one = moves(request, &[("base", "1.1.0")]);
        match self.0 {
            Lie::Touches if moves(request, &[("base", "1.0.0"), ("top", "1.0.0")]) => {
                let file = &request.packages[0].manifest;
                edits.push(FileEdit::write(file.clone(), format!("{}\n", read(request.tree.as_ref(), file)?)));
            }
            Lie::Repeats if edits.is_empty() && moves(request, &[("base", "1.0.0"), ("top", "1.0.0")]) => {
                let file = &request.packages[0].manifest;
                edits.push(FileEdit::write(file.clone(), read(request.tree.as_ref(), file)?));
            }
            Lie::Advances if moves(request, &[("base", "0.9.0")]) => edits.clear(),
            Lie::Waits if request.moves.iter().any(|step| step.from.is_none()) => edits.clear(),
            Lie::Spares if request.packages.iter().any(|package| package.private.is_some()) => edits.clear(),
            Lie::Finalizes if moves(request, &[("base", "2.0.0-rc.1")]) => {
                edits = rewritten(edits, |text| text.replace("~2.0.0-rc.1", "~2.0.0"));
            }
            Lie::Unifies => edits = rewritten(edits, |text| text.replace("\r\n", "\n")),
            Lie::Ends => edits = rewritten(edits, |text| format!("{}\n", text.trim_end())),
            Lie::Replaces if moves(request, &[("top", "1.1.0")]) => {
                edits = rewritten(edits, |text| text.replace("1.0.0", "1.1.0"));
            }
            Lie::Forgets if moves(request, &[("base", "1.1.0"), ("top", "1.2.0")]) => edits.truncate(1),
            Lie::Drags if moves(request, &[("base", "2.0.0")]) => {
                edits = rewritten(edits, |text| text.replace("version = 1.0.0", "version = 1.0.1"));
            }
            Lie::Notes if moves(request, &[("base", "2.0.0"), ("top", "2.0.0")]) => {
                let file = request.root.join("moves.txt").expect("a legal path");
                edits.push(FileEdit::write(file, "noted"));
            }
            Lie::Leaves if moves(request, &[("base", "2.0.0")]) && !has_developers(request) => edits.truncate(1),
            Lie::Abandons if has_developers(request) => edits.truncate(1),
            Lie::Follows if one => {
                let file = &request.packages[1].manifest;
                let text = read(request.tree.as_ref(), file)?.replace("~1.0.0", "~1.1.0");
                edits.push(FileEdit::write(file.clone(), text));
            }
            Lie::Orders if moves(request, &[("top", "1.1.0"), ("base", "2.0.0")]) => edits.truncate(1),
            Lie::Grows if edits.is_empty() && moves(request, &[("base", "2.0.0"), ("top", "1.1.0")]) => {
                let file = &request.packages[0].manifest;
                edits.push(FileEdit::write(file.clone(), format!("{}\n", read(request.tree.as_ref(), file)?)));
            }
            Lie::Strips if one => edits = rewritten(edits, |text| text.replace("# ours\n", "#\n")),
            _ => {}
        }
        Ok(edits)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Workspace for Broken {
    fn scheme(&self) -> &dyn VersionScheme {
        &crate::memory::MemoryScheme
    }

    fn requirements(&self) -> &dyn Requirements {
        &crate::memory::MemoryRequirements
    }

    fn normalize(&self, name: &str) -> String {
        if self.0 == Lie::Literal { name.to_owned() } else { inner().normalize(name) }
    }

    async fn detect(&self, request: &DetectRequest) -> Result<Vec<RepoPath>> {
        let mut request = request.clone();
        if self.0 == Lie::Roots {
            request.exclude.clear();
        }
        let mut roots = inner().detect(&request).await?;
        match self.0 {
            Lie::First if !roots.contains(&RepoPath::root()) => roots.truncate(1),
            Lie::Overlooks => roots.retain(|root| *root != RepoPath::root()),
            Lie::Everywhere if roots.is_empty() => roots.push(RepoPath::root()),
            _ => {}
        }
        Ok(roots)
    }

    async fn discover(&self, request: &DiscoverRequest) -> Result<Discovered> {
        let asked = request.exclude.clone();
        let mut request = request.clone();
        match self.0 {
            Lie::Includes => request.exclude.clear(),
            Lie::Narrows => request.exclude.truncate(1),
            Lie::Peeks if request.exclude == ["one/a"] => request.exclude.clear(),
            Lie::Reaches => request.exclude.iter_mut().for_each(|glob| *glob = glob.replace("one*", "one/**/")),
            Lie::Guesses => request.tree = guessed(&request.tree)?,
            _ => {}
        }
        let found = inner().discover(&request).await;
        if self.0 == Lie::Skips
            && is_text(&request.tree)?
            && found.as_ref().is_err_and(|error| error.parts().is_empty())
        {
            return Ok(Discovered::default());
        }
        if let (Lie::TellsOne, Err(error)) = (self.0, &found) {
            return Err(fault(error.kind()));
        }
        let mut found = found?;
        found.packages.iter_mut().for_each(|package| self.change(package));
        match self.0 {
            Lie::Demands if found.packages.is_empty() => return Err(fault(ErrorKind::Invalid)),
            Lie::Peeks => found.packages.retain(|package| !asked.contains(&package.path.to_string())),
            Lie::Gathers if request.root.as_str() == "one" => {
                request.root = RepoPath::new("one-too").expect("a legal path");
                found.packages.extend(inner().discover(&request).await?.packages);
            }
            Lie::Quotes => {
                for package in &mut found.packages {
                    package.version = quoted(request.tree.as_ref(), package)?;
                }
            }
            Lie::Disorders => found.packages.reverse(),
            Lie::Placeless => found.packages.iter_mut().for_each(|package| package.version_file = None),
            Lie::Respells => {
                let dependencies = found.packages.iter_mut().flat_map(|package| &mut package.dependencies);
                dependencies.for_each(|dependency| dependency.name = PackageName::new("BASE"));
            }
            _ => {}
        }
        Ok(found)
    }

    fn package_files(&self) -> &'static [&'static str] {
        inner().package_files()
    }

    fn package_name(&self, content: &[u8]) -> Option<String> {
        let name = inner().package_name(content);
        if self.0 == Lie::Misnames { name.map(|name| format!("{name}s")) } else { name }
    }

    async fn edits(&self, request: &EditRequest) -> Result<Vec<FileEdit>> {
        let mut request = request.clone();
        if self.0 == Lie::Guesses {
            request.tree = guessed(&request.tree)?;
        }
        self.edited(&request).await
    }

    async fn pins(&self, request: &PinRequest) -> Result<Vec<FileEdit>> {
        let mut request = request.clone();
        match (self.0, request.pin) {
            (Lie::Loosens, Some(Pin::Exact)) | (Lie::Widens, Some(Pin::Compatible)) => request.pin = Some(Pin::Minimum),
            (Lie::Tightens, Some(Pin::Minimum)) => request.pin = Some(Pin::Exact),
            (Lie::Pins, Some(Pin::Keep)) | (Lie::Freezes, Some(Pin::Compatible)) => request.pin = Some(Pin::Exact),
            (Lie::Rounds, _) => request.versions.iter_mut().for_each(|(_, to)| *to = self.scheme().finalize(to)),
            _ => {}
        }
        let edits = inner().pins(&request).await?;
        Ok(match self.0 {
            Lie::Sets => rewritten(edits, |text| text.replace("version = 1.0.0", "version = 2.0.0")),
            Lie::PinsAll => rewritten(edits, |text| text.replace("others>=1.0.0", "others==2.0.0")),
            _ => edits,
        })
    }
}
