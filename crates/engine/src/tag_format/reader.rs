//! How a tag is read for one package: the text around the version, in which the package may be called by any spelling of its
//! name that its ecosystem takes for the same.

use std::cell::OnceCell;

use releasekit_core::model::{PackageId, RepoPath, TagName, Version};
use releasekit_core::{VersionScheme, Workspace};

use super::{TagFormat, folder};

/// A part of the text before or after the version.
#[derive(Debug)]
enum Piece {
    Text(String),
    /// The package's name.
    Name,
    /// The last part of the package's path, whatever stands between its letters.
    Folder(String),
}

/// A format filled in for one package, to read many tags with.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    /// How the package's ecosystem numbers, and which names it takes for one.
    rules: &'a dyn Workspace,
    before: Vec<Piece>,
    after: Vec<Piece>,
    spelled: String,
    /// The name as its ecosystem compares it, and loosely: found out when a tag spells it otherwise, for most never do.
    normal: OnceCell<String>,
    loose: OnceCell<String>,
    prefix: String,
}

impl<'a> Reader<'a> {
    /// Fills in a package.
    pub(crate) fn new(format: &TagFormat, id: &PackageId, path: &RepoPath, rules: &'a dyn Workspace) -> Self {
        let spelled = id.name.to_string();
        let (before, after) = format.as_str().split_once("{version}").unwrap_or((format.as_str(), ""));
        let (before, after) = (pieces(before, id, path), pieces(after, id, path));
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Name => spelled.clone(),
            Piece::Folder(folder) => folder.clone(),
        };
        let prefix = loose(&before.iter().map(text).collect::<String>());
        Self { rules, before, after, spelled, normal: OnceCell::new(), loose: OnceCell::new(), prefix }
    }

    /// What every tag of the package begins with, [loosely](loose).
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The version that a tag gives to the package.
    pub(crate) fn read(&self, tag: &TagName) -> Option<Version> {
        let tag = tag.as_str();
        let start = self.end(tag, 0, &self.before)?;
        // What is left after the version has to be the text after it.
        let places = tag[start..].char_indices().map(|(at, _)| start + at).chain([tag.len()]);
        let mut stops = places.filter(|stop| self.end(tag, *stop, &self.after) == Some(tag.len()));
        stops.find_map(|stop| parse(&tag[start..stop], self.rules.scheme()))
    }

    /// Where the pieces end that begin at a place of the tag; `None` where they do not stand there.
    fn end(&self, tag: &str, at: usize, pieces: &[Piece]) -> Option<usize> {
        pieces.iter().try_fold(at, |at, piece| match piece {
            Piece::Text(text) => tag[at..].starts_with(text).then_some(at + text.len()),
            Piece::Name => self.name(&tag[at..]).map(|length| at + length),
            Piece::Folder(folder) => alike(&tag[at..], folder).map(|length| at + length),
        })
    }

    /// How a tag of the package spells its folder; `None` where the folder does not stand before the version.
    pub(crate) fn folder<'t>(&self, tag: &'t TagName) -> Option<&'t str> {
        let place = self.before.iter().position(|piece| matches!(piece, Piece::Folder(_)))?;
        let start = self.end(tag.as_str(), 0, &self.before[..place])?;
        let end = self.end(tag.as_str(), start, &self.before[place..=place])?;
        Some(&tag.as_str()[start..end])
    }

    /// The length of the name, in whatever spelling, that a text begins with.
    fn name(&self, text: &str) -> Option<usize> {
        // Nearly every tag has the name as it is spelled today.
        if text.starts_with(&self.spelled) {
            return Some(self.spelled.len());
        }
        let end = alike(text, self.loose.get_or_init(|| loose(&self.spelled)))?;
        let normal = self.normal.get_or_init(|| self.rules.normalize(&self.spelled));
        (self.rules.normalize(&text[..end]) == *normal).then_some(end)
    }
}

/// The length of what a text begins with that is [loosely](loose) a word. It has the same letters and digits, so there is
/// one place where it can end.
fn alike(text: &str, word: &str) -> Option<usize> {
    let mut wanted = word.chars();
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
        if !c.to_lowercase().all(|c| wanted.next() == Some(c)) {
            return None;
        }
        if wanted.as_str().is_empty() {
            return Some(at + c.len_utf8());
        }
    }
    None
}

/// A text without what spellings of one name may differ in: tags of a package all begin alike in this form, whatever the
/// rules of its ecosystem are.
pub(crate) fn loose(text: &str) -> String {
    if text.is_ascii() {
        let kept = text.chars().filter(char::is_ascii_alphanumeric);
        return kept.map(|c| c.to_ascii_lowercase()).collect();
    }
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A text of a format in pieces. The root folder is called by the package's name.
fn pieces(text: &str, id: &PackageId, path: &RepoPath) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, placeholder) = rest.split_at(at);
        pieces.push(Piece::Text(before.to_owned()));
        let end = placeholder.find('}').map_or(placeholder.len(), |end| end + 1);
        pieces.push(match &placeholder[..end] {
            "{name}" => Piece::Name,
            "{path}" if path.is_root() => Piece::Name,
            "{path}" => Piece::Text(path.to_string()),
            "{folder}" if path.is_root() => Piece::Name,
            "{folder}" => Piece::Folder(loose(folder(path.as_str()))),
            "{label}" => Piece::Text(id.label.to_string()),
            other => Piece::Text(other.to_owned()),
        });
        rest = &placeholder[end..];
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    pieces
}

fn parse(text: &str, scheme: &dyn VersionScheme) -> Option<Version> {
    let version = scheme.parse(text).ok()?;
    // PEP 440 reads `v1.0` too, where the `v` belongs to the format; Go's own spelling begins with it.
    let begins = |first: char| first.is_ascii_digit() || version.as_str().starts_with(first);
    if !text.starts_with(begins) {
        return None;
    }
    (version.as_str() == text || scheme.parse(version.as_str()).is_ok()).then_some(version)
}
