//! The lines of configuration that say whose tags are whose, ready to paste.

use releasekit_core::policy::Participation;
use releasekit_engine::discover::Discovery;
use releasekit_engine::history::PresumedTags;

/// More lines than these nobody reads; what is left out is counted in a comment.
const MOST: usize = 12;

/// The lines under which packages were released as it seems. They belong at the top of a file, before any table.
pub(crate) fn lines(discovery: &Discovery, presumed: &[&PresumedTags]) -> Vec<String> {
    presumed.iter().flat_map(|presumed| of(discovery, presumed)).collect()
}

/// As many of them as people read.
pub(crate) fn few(lines: &[String]) -> Vec<String> {
    let mut few = lines[..lines.len().min(MOST)].to_vec();
    if lines.len() > MOST {
        few.push(format!("# and {} more such lines, which `releasekit --format json` lists", lines.len() - MOST));
    }
    few
}

fn of(discovery: &Discovery, PresumedTags { format, members, .. }: &PresumedTags) -> Vec<String> {
    let package = |member: usize| key(&discovery.short_name(member));
    let released = discovery.members.iter().enumerate().filter(|(_, member)| member.release != Participation::None);
    let others: Vec<usize> = released.map(|(index, _)| index).filter(|index| !members.contains(index)).collect();
    let tag_format = format!("tag_format = {format:?}");
    match members.as_slice() {
        [one] => vec![format!("packages.{}.{tag_format}", package(*one))],
        _ if others.is_empty() => vec!["synchronize = true".to_owned(), tag_format],
        // Who goes another way would get the version of all.
        _ if others.len() < 3 && others.len() < members.len() => {
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

/// A name as TOML writes it in a key.
fn key(name: &str) -> String {
    let is_bare = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if is_bare { name.to_owned() } else { format!("{name:?}") }
}
