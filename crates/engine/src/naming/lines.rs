//! The lines of configuration that say under which tags packages were released, ready to paste.

use std::collections::BTreeSet;

use releasekit_core::model::Published;
use releasekit_core::policy::Participation;

use super::PresumedTags;
use crate::discover::Discovery;

impl PresumedTags {
    /// The lines under which these tags would count. They belong at the top of a file, before any table. `has_tags` says
    /// whether a package has tags of its own.
    pub fn lines(&self, discovery: &Discovery, has_tags: impl Fn(usize) -> bool) -> Vec<String> {
        let Self { format, members, .. } = self;
        let package = |member: usize| key(&discovery.short_name(member));
        let released = discovery.members.iter().enumerate().filter(|(_, member)| member.release != Participation::None);
        let others: Vec<usize> = released.map(|(index, _)| index).filter(|index| !members.contains(index)).collect();
        let tag_format = format!("tag_format = {format:?}");
        match members.as_slice() {
            [one] => vec![format!("packages.{}.{tag_format}", package(*one))],
            _ if others.is_empty() => vec!["synchronize = true".to_owned(), tag_format],
            // Who goes another way would get the version of all.
            _ if others.len() < 3 && others.len() < members.len() && !others.iter().any(|it| has_tags(*it)) => {
                let (needed, alone): (Vec<usize>, Vec<usize>) =
                    others.iter().copied().partition(|other| is_needed(discovery, members, *other));
                let version = |other: usize| discovery.members[other].package.version.as_ref();
                let left_out = alone.into_iter().map(|other| {
                    let why = version(other)
                        .map_or_else(String::new, |version| format!("  # {version}, and would get that of all"));
                    format!("packages.{}.release = \"none\"{why}", package(other))
                });
                let raised = needed.into_iter().filter_map(|other| {
                    let (file, version) = (&discovery.members[other].package.manifest, version(other)?);
                    Some(format!("# write the version of all into `{file}`, which says {version}: others need it"))
                });
                let first = ["synchronize = true".to_owned(), tag_format];
                first.into_iter().chain(left_out).chain(raised).collect()
            }
            _ if !others.iter().any(|it| has_tags(*it)) && apart(discovery, members, &others).is_some() => {
                let folders = apart(discovery, members, &others).unwrap_or_default();
                let globs: Vec<String> = folders.iter().map(|folder| format!("{:?}", format!("{folder}/**"))).collect();
                vec![format!("exclude = [{}]", globs.join(", ")), "synchronize = true".to_owned(), tag_format]
            }
            [first, ..] => {
                let name = |member: &usize| discovery.members[*member].id.name.as_str();
                let is_of_all =
                    key(name(first)) == name(first) && members.iter().all(|it| name(it).starts_with(name(first)));
                let group = if is_of_all { name(first) } else { "together" };
                let joins = members.iter().map(|member| format!("packages.{}.group = {group:?}", package(*member)));
                std::iter::once(format!("groups.{group} = {{ versioning = \"fixed\", {tag_format} }}"))
                    .chain(joins)
                    .collect()
            }
            [] => Vec::new(),
        }
    }
}

/// The few folders at the top that hold the others and none of the members, where nobody has to say a version of a member there: then
/// they may be left out, as examples of a project may.
fn apart<'a>(discovery: &'a Discovery, members: &[usize], others: &[usize]) -> Option<BTreeSet<&'a str>> {
    const FEW: usize = 2;
    let top = |index: &usize| {
        let path = discovery.members[*index].package.path.as_str();
        path.split('/').next().filter(|top| !top.is_empty())
    };
    let folders: BTreeSet<&str> = others.iter().map(top).collect::<Option<_>>()?;
    let holds_a_member = members.iter().filter_map(top).any(|top| folders.contains(top));
    let names: BTreeSet<&str> = members.iter().map(|index| discovery.members[*index].id.name.as_str()).collect();
    let needs = others.iter().flat_map(|index| &discovery.members[*index].package.dependencies);
    let says_a_version = needs.filter(|needed| names.contains(needed.name.as_str())).any(|needed| {
        let said = needed.requirement.replacen(needed.name.as_str(), "", 1);
        said.contains(|character: char| character.is_ascii_digit())
    });
    (folders.len() <= FEW && !holds_a_member && !says_a_version).then_some(folders)
}

/// Whether a package of a release cannot be published without another one.
fn is_needed(discovery: &Discovery, members: &[usize], other: usize) -> bool {
    let other = &discovery.members[other].id;
    members.iter().map(|member| &discovery.members[*member]).filter(|it| it.id.label == other.label).any(|it| {
        let mut needs = it.package.dependencies.iter().filter(|need| need.published == Published::Required);
        needs.any(|need| need.name == other.name)
    })
}

/// A name as TOML writes it in a key.
fn key(name: &str) -> String {
    let is_bare = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if is_bare { name.to_owned() } else { format!("{name:?}") }
}
