//! Which releases the forge is to have of a release commit. Pure.

use std::collections::BTreeMap;

use releasekit_core::model::{PackageId, TagName, Version};
use releasekit_core::policy::{ForgeReleases, Participation};

use crate::discover::{Discovery, Member};
use crate::error::Result;
use crate::manifest::Manifest;
use crate::naming::{Naming, TagIndex};
use crate::plan::Row;
use crate::session::Snapshot;

/// A release that the forge is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted<'a> {
    /// The tag that it belongs to.
    pub(super) tag: &'a TagName,
    /// What it is called.
    pub(super) title: String,
    /// What it releases, as the manifest has it.
    pub(super) rows: Vec<&'a Row>,
}

impl Wanted<'_> {
    /// The packages that it releases.
    pub(super) fn packages(&self) -> impl Iterator<Item = PackageId> {
        self.rows.iter().map(|row| row.id())
    }
}

/// The releases of a manifest, in the order of its rows. `called` says what a package is called.
pub(super) fn of(manifest: &Manifest, releases: ForgeReleases, called: impl Fn(&Row) -> String) -> Vec<Wanted<'_>> {
    match (releases, whole(manifest)) {
        (ForgeReleases::None, _) => Vec::new(),
        (ForgeReleases::Umbrella, Some(tag)) => {
            vec![Wanted { tag, title: tag.to_string(), rows: manifest.packages.iter().collect() }]
        }
        (ForgeReleases::Group, _) => by_tag(&groups(manifest), called),
        _ => by_tag(&manifest.packages.iter().map(|row| (None, vec![row])).collect::<Vec<_>>(), called),
    }
}

/// The tag that stands for all of a manifest: its umbrella tag, or the one that all its packages share.
pub(super) fn whole(manifest: &Manifest) -> Option<&TagName> {
    let mut tags = manifest.packages.iter().map(|row| row.tag.as_ref());
    let first = tags.next()??;
    let shared = tags.all(|tag| tag == Some(first)).then_some(first);
    manifest.umbrella.as_ref().or(shared)
}

/// Rows that have a release together, and the name of their group.
type Together<'a> = (Option<&'a str>, Vec<&'a Row>);

fn groups(manifest: &Manifest) -> Vec<Together<'_>> {
    let mut found: Vec<Together<'_>> = Vec::new();
    for row in &manifest.packages {
        let group = row.group.as_deref();
        match found.iter_mut().find(|(name, _)| group.is_some() && *name == group) {
            Some((_, rows)) => rows.push(row),
            None => found.push((group, vec![row])),
        }
    }
    found
}

/// One release for each tag: those that would have the same one are one.
fn by_tag<'a>(all: &[Together<'a>], called: impl Fn(&Row) -> String) -> Vec<Wanted<'a>> {
    let mut order: Vec<&TagName> = Vec::new();
    let mut found: BTreeMap<&TagName, Together<'a>> = BTreeMap::new();
    for (group, rows) in all {
        // What is released together is best known by what needs the rest of it.
        let Some(tag) = rows.last().and_then(|row| row.tag.as_ref()) else { continue };
        match found.get_mut(tag) {
            Some((name, there)) => {
                *name = name.filter(|name| Some(*name) == *group);
                there.extend(rows);
            }
            None => {
                order.push(tag);
                found.insert(tag, (*group, rows.clone()));
            }
        }
    }
    let release = |tag: &'a TagName| {
        let (group, rows) = found.remove(tag)?;
        Some(Wanted { tag, title: title(tag, group, &rows, &called), rows })
    };
    order.into_iter().filter_map(release).collect()
}

/// A package or a group with its version; the tag where several are released that have no version in common.
fn title(tag: &TagName, group: Option<&str>, rows: &[&Row], called: impl Fn(&Row) -> String) -> String {
    let version = rows.first().and_then(|row| row.next.as_ref());
    let is_common = rows.iter().all(|row| row.next.as_ref() == version);
    let name = match (group, rows) {
        (_, [only]) => Some(called(only)),
        (group, _) => group.filter(|_| is_common).map(str::to_owned),
    };
    match (name, version) {
        (Some(name), Some(version)) => format!("{name} {version}"),
        _ => tag.to_string(),
    }
}

/// What decides the marks of releases: how packages are numbered, and which versions of them there are.
pub(super) struct Marks<'a> {
    discovery: &'a Discovery,
    /// The package whose version an umbrella bears.
    umbrella: Option<usize>,
    /// The package whose highest release is the latest one, and the versions that it was released at.
    latest: Option<(usize, Vec<Version>)>,
}

impl<'a> Marks<'a> {
    /// `tags` are those of the remote.
    pub(super) fn of(snapshot: &'a Snapshot, tags: &[TagName]) -> Result<Self> {
        let Snapshot { discovery, policy, .. } = snapshot;
        let umbrella = policy.umbrella_version.as_deref().map(|name| discovery.find(name)).transpose()?;
        let latest = match policy.forge.latest.as_deref() {
            Some(name) => Some(discovery.find(name)?),
            None => only(discovery).or_else(|| leading(snapshot, umbrella)),
        };
        let index = TagIndex::new(tags);
        let naming = || Naming::resolve(discovery, policy, &index);
        let released = |member: usize| -> Result<(usize, Vec<Version>)> {
            let versions = naming()?.versions(discovery, member, &index);
            Ok((member, versions.into_iter().map(|(version, _)| version).collect()))
        };
        Ok(Self { discovery, umbrella, latest: latest.map(released).transpose()? })
    }

    /// Whether a release is a prerelease: that of the package that gives it its version, else of all its packages.
    pub(super) fn is_prerelease(&self, wanted: &Wanted<'_>) -> bool {
        let leads = |row: &&&Row| self.umbrella.is_some() && self.discovery.index_of(&row.id()) == self.umbrella;
        match wanted.rows.iter().find(leads).filter(|_| wanted.rows.len() > 1) {
            Some(row) => self.is_labelled(row),
            None => wanted.rows.iter().all(|row| self.is_labelled(row)),
        }
    }

    /// Whether a release is the latest one: it has the highest final version of the package that decides this.
    pub(super) fn is_latest(&self, wanted: &Wanted<'_>) -> bool {
        let Some((member, released)) = &self.latest else { return false };
        let row = wanted.rows.iter().find(|row| self.discovery.index_of(&row.id()) == Some(*member));
        let Some(next) = row.and_then(|row| row.next.as_ref()) else { return false };
        let scheme = self.discovery.scheme(&self.discovery.members[*member]);
        let is_above = |version: &Version| !scheme.is_prerelease(version) && scheme.compare(version, next).is_gt();
        !scheme.is_prerelease(next) && !self.is_prerelease(wanted) && !released.iter().any(is_above)
    }

    fn is_labelled(&self, row: &Row) -> bool {
        let member = self.discovery.index_of(&row.id()).map(|index| &self.discovery.members[index]);
        member.zip(row.next.as_ref()).is_some_and(|(member, next)| self.discovery.scheme(member).is_prerelease(next))
    }
}

/// The only package that takes part in releases.
fn only(discovery: &Discovery) -> Option<usize> {
    let mut members = taking_part(discovery);
    members.next().filter(|_| members.next().is_none())
}

/// The package whose version the one release of all bears.
fn leading(snapshot: &Snapshot, umbrella: Option<usize>) -> Option<usize> {
    let Snapshot { discovery, policy, .. } = snapshot;
    let of_all = policy.forge.releases == ForgeReleases::Umbrella;
    let any = || taking_part(discovery).next().filter(|_| policy.synchronize);
    umbrella.or_else(any).filter(|_| of_all)
}

fn taking_part(discovery: &Discovery) -> impl Iterator<Item = usize> {
    let takes_part = |(_, member): &(usize, &Member)| member.release != Participation::None;
    discovery.members.iter().enumerate().filter(takes_part).map(|(index, _)| index)
}

#[cfg(test)]
pub(super) mod tests {
    use releasekit_core::model::{BranchName, Bump, CommitId, EcosystemLabel, PackageName, RepoPath};

    use super::*;
    use crate::manifest::PlanOptions;
    use crate::plan::{SCHEMA, Status};

    /// A package that moves to 1.0.0 and has a tag of its own.
    pub(in crate::announce) fn row(label: &str, name: &str) -> Row {
        Row {
            name: PackageName::new(name),
            ecosystem: "memory".to_owned(),
            label: EcosystemLabel::new(label),
            path: RepoPath::root(),
            group: None,
            current: None,
            next: Some(Version::from_canonical("1.0.0")),
            bump: Bump::Minor,
            status: Status::Included,
            level: 0,
            order: 1,
            tag: Some(TagName::new(format!("{name}-v1.0.0"))),
            reasons: Vec::new(),
        }
    }

    fn manifest(packages: Vec<Row>) -> Manifest {
        let (base, branch) = (CommitId::new("base"), BranchName::new("main"));
        Manifest { schema: SCHEMA, base, branch, options: PlanOptions::default(), umbrella: None, packages }
    }

    /// Each release as its tag, its title and its packages.
    fn shown(manifest: &Manifest, releases: ForgeReleases) -> Vec<String> {
        let names = |wanted: &Wanted<'_>| wanted.rows.iter().map(|row| row.name.to_string()).collect::<Vec<_>>();
        let all = of(manifest, releases, |row| row.name.to_string());
        all.iter().map(|it| format!("{} | {} | {}", it.tag, it.title, names(it).join(" "))).collect()
    }

    fn grouped(mut row: Row, group: &str, version: &str) -> Row {
        row.group = Some(group.to_owned());
        row.next = Some(Version::from_canonical(version));
        row
    }

    fn sharing(mut row: Row, tag: &str) -> Row {
        row.tag = Some(TagName::new(tag));
        row
    }

    #[test]
    fn each_package_has_a_release_at_its_tag_and_those_that_share_one_have_one() {
        let alone = manifest(vec![row("py", "a"), row("js", "b")]);
        assert_eq!(shown(&alone, ForgeReleases::Package), ["a-v1.0.0 | a 1.0.0 | a", "b-v1.0.0 | b 1.0.0 | b"]);
        assert_eq!(shown(&alone, ForgeReleases::None), [""; 0]);
        let only = manifest(vec![sharing(row("py", "a"), "v1.0.0")]);
        assert_eq!(shown(&only, ForgeReleases::Package), ["v1.0.0 | a 1.0.0 | a"]);
        let shared =
            manifest(vec![sharing(row("py", "a"), "v1.0.0"), row("py", "x"), sharing(row("py", "b"), "v1.0.0")]);
        assert_eq!(shown(&shared, ForgeReleases::Package), ["v1.0.0 | v1.0.0 | a b", "x-v1.0.0 | x 1.0.0 | x"]);
    }

    #[test]
    fn a_package_is_called_as_the_caller_says() {
        let manifest = manifest(vec![row("py", "a"), row("rust", "b")]);
        let all = of(&manifest, ForgeReleases::Package, |row| row.id().to_string());
        assert_eq!(all.iter().map(|it| it.title.as_str()).collect::<Vec<_>>(), ["py:a 1.0.0", "rust:b 1.0.0"]);
    }

    #[test]
    fn a_group_has_a_release_at_the_tag_of_what_needs_the_rest_of_it() {
        let rows = vec![grouped(row("py", "a"), "g", "1.0.0"), row("py", "x"), grouped(row("py", "b"), "g", "1.0.0")];
        let expected = ["b-v1.0.0 | g 1.0.0 | a b", "x-v1.0.0 | x 1.0.0 | x"];
        assert_eq!(shown(&manifest(rows), ForgeReleases::Group), expected);
        let rows = vec![grouped(row("py", "a"), "g", "1.0.0"), grouped(row("py", "b"), "g", "2.0.0")];
        assert_eq!(shown(&manifest(rows), ForgeReleases::Group), ["b-v1.0.0 | b-v1.0.0 | a b"]);
        let one = vec![grouped(row("py", "a"), "g", "1.0.0"), grouped(row("py", "b"), "h", "1.0.0")];
        assert_eq!(shown(&manifest(one), ForgeReleases::Group), ["a-v1.0.0 | a 1.0.0 | a", "b-v1.0.0 | b 1.0.0 | b"]);
        let shared = [("a", "g"), ("b", "g"), ("c", "h")]
            .map(|(name, group)| sharing(grouped(row("py", name), group, "1.0.0"), "v1.0.0"));
        assert_eq!(shown(&manifest(shared.to_vec()), ForgeReleases::Group), ["v1.0.0 | v1.0.0 | a b c"]);
    }

    #[test]
    fn all_have_one_release_at_the_umbrella_tag_or_at_the_one_that_they_share() {
        let mut all = manifest(vec![row("py", "a"), row("js", "b")]);
        let each = shown(&all, ForgeReleases::Package);
        assert_eq!(shown(&all, ForgeReleases::Umbrella), each, "without such a tag each has its own");
        all.umbrella = Some(TagName::new("all-1"));
        assert_eq!(shown(&all, ForgeReleases::Umbrella), ["all-1 | all-1 | a b"]);
        assert_eq!(shown(&all, ForgeReleases::Package), each);
        let shared = manifest(vec![sharing(row("py", "a"), "v1"), sharing(row("js", "b"), "v1")]);
        assert_eq!(shown(&shared, ForgeReleases::Umbrella), ["v1 | v1 | a b"]);
    }
}
