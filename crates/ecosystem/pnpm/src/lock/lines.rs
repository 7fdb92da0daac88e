//! The lines of a lockfile that speak of members: what packages require of them, and what catalogs say of them.
//!
//! pnpm writes the file, two blanks for each level and one value on a line. Whoever wrote it otherwise has lines that are not
//! found, and pnpm then says that the file does not fit. A member's line follows where it says what the requirement was before;
//! one that says something else, as where `overrides` decide, is left to pnpm to judge.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::Requirements as _;
use releasekit_core::model::PackageName;
use releasekit_core::workspace::Move;
use releasekit_formats::npm::Requirements;
use releasekit_formats::npm::specifier::Specifier;

/// The depth of a key's own line below a member, and below a catalog.
const OF_MEMBERS: usize = 4;
const OF_CATALOGS: usize = 3;

/// A lockfile, by lines.
#[derive(Debug)]
pub(super) struct Lines<'t>(Vec<Line<'t>>);

/// A line with a key, and the keys around it.
#[derive(Debug)]
struct Line<'t> {
    text: &'t str,
    /// From the outermost to its own; empty where the line has none.
    path: Vec<String>,
    value: Option<String>,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut around: Vec<String> = Vec::new();
        let line = |text: &'t str| {
            let read = read(text);
            let Some((depth, key, value)) = read.filter(|(depth, ..)| *depth <= around.len()) else {
                return Line { text, path: Vec::new(), value: None };
            };
            around.truncate(depth);
            around.push(key);
            Line { text, path: around.clone(), value }
        };
        Self(text.split_inclusive('\n').map(line).collect())
    }

    /// The text with what it records of members that moved. `required` says what a member requires under a name now.
    pub(super) fn moved(
        &self,
        moves: &BTreeMap<&PackageName, &Move>,
        required: impl Fn(&str, &str) -> Vec<String>,
    ) -> String {
        let linked = self.linked();
        let mut text = String::new();
        let mut specifier = None;
        for line in &self.0 {
            let value = match (&line.value, keys(&line.path).as_slice()) {
                (Some(value), ["importers", importer, _, name, "specifier"]) => {
                    let follows = |now: &String| follows(value, now, name, moves);
                    required(importer, name).into_iter().find(follows)
                }
                (Some(value), ["catalogs", catalog, name, "specifier"]) => {
                    let own = step(moves, name, value).filter(|_| linked.contains(&(*catalog, *name)));
                    let moved = own.and_then(|step| Requirements.rewrite(value, &step.to).ok());
                    specifier = Some((value.clone(), moved.clone().unwrap_or_else(|| value.clone())));
                    moved
                }
                (Some(value), ["catalogs", catalog, name, "version"]) => {
                    let own = step(moves, name, value).filter(|_| linked.contains(&(*catalog, *name)));
                    // Newer ones write the requirement here, too.
                    let as_said = specifier.take().filter(|(before, _)| before == value).map(|(_, after)| after);
                    own.and_then(|step| {
                        as_said.or_else(|| (step.from.as_ref()?.as_str() == value).then(|| step.to.to_string()))
                    })
                }
                _ => None,
            };
            match value {
                Some(value) => text.push_str(&line.with(&value)),
                None => text.push_str(line.text),
            }
        }
        text
    }

    /// The text with other words for what members require: `words` says, of a member, a name and what was recorded, what is
    /// written in its place.
    pub(super) fn reworded(&self, words: impl Fn(&str, &str, &str) -> Option<String>) -> String {
        let reworded = |line: &Line<'_>| match (&line.value, keys(&line.path).as_slice()) {
            (Some(value), ["importers", importer, _, name, "specifier"]) => {
                words(importer, name, value).map(|value| line.with(&value))
            }
            _ => None,
        };
        self.0.iter().map(|line| reworded(line).unwrap_or_else(|| line.text.to_owned())).collect()
    }

    /// The entries of catalogs that members are taken by: of those that come from a registry, versions are none of ours.
    fn linked(&self) -> BTreeSet<(&str, &str)> {
        let mut found = BTreeSet::new();
        let mut catalog = None;
        for line in &self.0 {
            let Some(value) = line.value.as_deref() else { continue };
            match keys(&line.path).as_slice() {
                ["importers", _, _, _, "specifier"] => {
                    catalog = match Specifier::parse(value) {
                        Specifier::Catalog(name) => Some(name),
                        _ => None,
                    };
                }
                ["importers", _, _, _, "version"] if value.starts_with("link:") => {
                    let name = line.path.get(OF_MEMBERS - 1).map(String::as_str);
                    found.extend(catalog.take().zip(name));
                }
                _ => {}
            }
        }
        found
    }
}

impl Line<'_> {
    /// The line with another value, written as pnpm writes it.
    fn with(&self, value: &str) -> String {
        let end = if self.text.ends_with("\r\n") { "\r\n" } else { "\n" };
        let colon = self.text.find(": ").unwrap_or_default();
        format!("{}: {}{end}", &self.text[..colon], written(value))
    }
}

fn keys(path: &[String]) -> Vec<&str> {
    let is_of_interest = matches!(path.len(), depth if depth == OF_MEMBERS + 1 || depth == OF_CATALOGS + 1);
    if is_of_interest { path.iter().map(String::as_str).collect() } else { Vec::new() }
}

/// The step of the package that a requirement under this name is on.
fn step<'m>(moves: &BTreeMap<&PackageName, &'m Move>, name: &str, requirement: &str) -> Option<&'m Move> {
    let own = match Specifier::parse(requirement) {
        Specifier::Versions { name: Some(own), .. } => own,
        _ => name,
    };
    moves.get(&PackageName::new(own)).copied()
}

/// Whether a requirement is what another one became with the move.
fn follows(before: &str, now: &str, name: &str, moves: &BTreeMap<&PackageName, &Move>) -> bool {
    let moved = step(moves, name, now).and_then(|step| Requirements.rewrite(before, &step.to).ok());
    before != now && moved.as_deref() == Some(now)
}

/// How deep a line is, its key, and its value where that is one of this line.
fn read(line: &str) -> Option<(usize, String, Option<String>)> {
    let text = line.trim_end();
    let bare = text.trim_start_matches(' ');
    let (key, rest) = match bare.strip_prefix('\'') {
        Some(quoted) => quoted.split_once("':")?,
        None => bare.split_once(':').filter(|(_, rest)| rest.is_empty() || rest.starts_with(' '))?,
    };
    let value = Some(rest.trim()).filter(|value| !value.is_empty()).map(plain);
    Some(((text.len() - bare.len()) / 2, key.replace("''", "'"), value))
}

fn plain(value: &str) -> String {
    let quoted = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    quoted.map_or_else(|| value.to_owned(), |inside| inside.replace("''", "'"))
}

/// A value as pnpm's writer puts it: in quotes where YAML would read something else.
fn written(value: &str) -> String {
    const SIGNS: &str = "-?:,[]{}#&*!|=>'\"%@`";
    let is_number = value.parse::<f64>().is_ok();
    let is_plain = !value.is_empty()
        && !value.starts_with(|first| SIGNS.contains(first))
        && !value.ends_with(':')
        && ![": ", " #"].iter().any(|sign| value.contains(sign))
        && !["null", "true", "false", "~"].contains(&value);
    if is_plain && !is_number { value.to_owned() } else { format!("'{}'", value.replace('\'', "''")) }
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::Version;

    use super::*;

    const LOCK: &str = "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n\ncatalogs:\n  default:\n    '@rk/base':\n      \
        specifier: ^1.0.0\n      version: 1.0.0\n    odd:\n      specifier: ^1.0.0\n      version: 1.0.0\n\nimporters:\n\n  .: {}\n\n  \
        p/b:\n    dependencies:\n      '@rk/base':\n        specifier: workspace:^1.0.0\n        version: link:../a\n      odd:\n        \
        specifier: ^1.0.0\n        version: 1.0.0\n    devDependencies:\n      other:\n        specifier: '>=1.0.0 <2'\n        \
        version: link:../a\n\n  p/c:\n    dependencies:\n      '@rk/base':\n        specifier: 'catalog:'\n        version: link:../a\n      \
        alias:\n        specifier: workspace:@rk/base@~1.0.0\n        version: link:../a\n\npackages:\n\n  odd@1.0.0:\n    \
        resolution: {integrity: sha512-x}\n\nsnapshots:\n\n  odd@1.0.0: {}\n";

    fn moved(lock: &str, name: &str, to: &str, required: &[(&str, &str, &str)]) -> String {
        let (name, version) = (PackageName::new(name), |text: &str| Version::from_canonical(text));
        let step = Move::new(name.clone(), Some(version("1.0.0")), version(to));
        let moves = BTreeMap::from([(&name, &step)]);
        let now = |importer: &str, name: &str| {
            let own = required.iter().filter(|(at, key, _)| *at == importer && *key == name);
            own.map(|(_, _, text)| (*text).to_owned()).collect()
        };
        Lines::of(lock).moved(&moves, now)
    }

    /// The lines that differ, as they are now.
    fn changes(after: &str) -> Vec<&str> {
        assert_eq!(after.lines().count(), LOCK.lines().count());
        LOCK.lines().zip(after.lines()).filter(|(before, after)| before != after).map(|(_, now)| now.trim()).collect()
    }

    #[test]
    fn what_is_required_of_a_member_follows_it() {
        let required = [
            ("p/b", "@rk/base", "workspace:^2.0.0"),
            ("p/b", "odd", "^2.0.0"),
            ("p/c", "@rk/base", "catalog:"),
            ("p/c", "alias", "workspace:@rk/base@~2.0.0"),
        ];
        let after = moved(LOCK, "@rk/base", "2.0.0", &required);
        let expected = [
            "specifier: ^2.0.0",
            "version: 2.0.0",
            "specifier: workspace:^2.0.0",
            "specifier: workspace:@rk/base@~2.0.0",
        ];
        assert_eq!(changes(&after), expected);
        let range = moved(LOCK, "other", "2.0.0", &[("p/b", "other", ">=2.0.0 <3")]);
        assert_eq!(changes(&range), ["specifier: '>=2.0.0 <3'"]);
    }

    #[test]
    fn what_is_admitted_stays_but_for_the_version_that_a_catalog_records() {
        let after = moved(LOCK, "@rk/base", "1.1.0", &[("p/b", "@rk/base", "workspace:^1.0.0")]);
        assert_eq!(changes(&after), ["version: 1.1.0"]);
        let newer = LOCK.replacen("version: 1.0.0", "version: ^1.0.0", 1);
        assert_eq!(moved(&newer, "@rk/base", "1.1.0", &[]), newer);
        let left = moved(&newer, "@rk/base", "2.0.0", &[]);
        assert!(left.contains("specifier: ^2.0.0\n      version: ^2.0.0\n"), "{left}");
    }

    #[test]
    fn what_says_something_else_and_what_comes_from_a_registry_is_left() {
        assert_eq!(moved(LOCK, "odd", "2.0.0", &[("p/b", "odd", "*")]), LOCK);
        assert_eq!(moved(LOCK, "other", "2.0.0", &[("p/b", "other", "workspace:^7.0.0")]), LOCK);
        for lock in ["", "\n", "importers: {}\n", "- a\n  - b: c\n", "importers:\n      deep: x\n", "no key"] {
            assert_eq!(moved(lock, "other", "2.0.0", &[]), lock);
        }
    }

    #[test]
    fn values_are_written_as_pnpm_writes_them() {
        for (value, expected) in [
            ("^1.0.0", "^1.0.0"),
            ("~1.0.0", "~1.0.0"),
            ("1.0.0", "1.0.0"),
            ("1.0", "'1.0'"),
            ("1", "'1'"),
            ("*", "'*'"),
            (">=1 <2", "'>=1 <2'"),
            ("=1.0.0", "'=1.0.0'"),
            ("catalog:", "'catalog:'"),
            ("npm:@rk/base@^1.0.0", "npm:@rk/base@^1.0.0"),
            ("1.x || 2.x", "1.x || 2.x"),
        ] {
            assert_eq!(written(value), expected, "{value}");
            assert_eq!(plain(expected), value);
        }
    }
}
