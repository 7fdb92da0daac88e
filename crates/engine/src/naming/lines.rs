//! The lines of configuration that say under which tags packages were released, ready to paste.

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
                let left_out = others.iter().map(|other| {
                    let version = discovery.members[*other].package.version.as_ref();
                    let why =
                        version.map_or_else(String::new, |version| format!("  # {version}, and would get that of all"));
                    format!("packages.{}.release = \"none\"{why}", package(*other))
                });
                ["synchronize = true".to_owned(), tag_format].into_iter().chain(left_out).collect()
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

/// A name as TOML writes it in a key.
fn key(name: &str) -> String {
    let is_bare = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if is_bare { name.to_owned() } else { format!("{name:?}") }
}
