//! Names of members: what no unpacker would read as another place, and no two of which are one file anywhere.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

/// The longest path that systems take, in bytes.
const LONGEST: usize = 4096;

/// What is wrong with a member's path, if anything is; folders come without their last `/`.
pub(crate) fn fault(path: &str) -> Option<&'static str> {
    if path.len() > LONGEST {
        return Some("has a longer name than systems take");
    }
    if path.chars().any(is_hidden) {
        return Some("has control characters in its name");
    }
    let drive = path.as_bytes().get(1) == Some(&b':');
    let leaves = path.split('/').any(|part| matches!(part, "" | "." | ".."));
    (leaves || drive || path.contains('\\')).then_some("would leave its folder, or has a second name for one in it")
}

/// Whether a character is no part of a name but a command, to a terminal or to what splits text into lines.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Two files that are one on some system: names differ in case, Unicode form, or dots and blanks at the end of a part.
pub(crate) fn find_twin<'a>(files: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    let mut files = files;
    files.find(|path| !seen.insert(folded(path)))
}

/// A file that has others below it, as if it were a folder.
pub(crate) fn find_nested<'a>(
    files: impl Iterator<Item = &'a str>,
    folders: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let mut paths: Vec<(&str, bool)> =
        files.map(|path| (path, true)).chain(folders.map(|path| (path, false))).collect();
    // In this order what lies below a path comes right behind it.
    paths.sort_unstable_by(|(one, _), (other, _)| one.split('/').cmp(other.split('/')));
    let below = |path: &str, next: &str| next.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    paths.windows(2).find(|pair| pair[0].1 && below(pair[0].0, pair[1].0)).map(|pair| pair[0].0)
}

/// Whether a link that lies at `path` leads to a place inside of `root`, whatever other links lead where.
pub(crate) fn stays_inside(root: &str, path: &str, target: &str) -> bool {
    let deep = path.strip_prefix(root).map_or(0, |below| below.matches('/').count()).saturating_sub(1);
    let mut parts = target.split('/').filter(|part| !matches!(*part, "" | ".")).peekable();
    let up = std::iter::from_fn(|| parts.next_if_eq(&"..")).count();
    // `..` behind a part that may itself be a link leads anywhere.
    let legal = |part: &str| part != ".." && !part.contains(['\\', ':']) && !part.chars().any(is_hidden);
    !target.is_empty() && !target.starts_with('/') && up <= deep && parts.all(legal)
}

fn folded(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').map(|part| part.trim_end_matches(['.', ' '])).collect();
    let path = parts.join("/");
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    path.nfkd().collect::<String>().to_uppercase().to_lowercase().nfkd().collect()
}
