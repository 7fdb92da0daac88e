//! What a lockfile records, without regard to how it spells it: a package is named with its version only where there are two
//! of its name, so the words by which others name it change with versions that are none of theirs.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::PackageName;
use releasekit_core::workspace::Move;
use releasekit_formats::Error as FormatError;
use toml_edit::{Document, Item, Table};

/// A package of a lockfile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    name: String,
    version: String,
    /// Where it comes from; `None` where it is taken from a folder.
    source: Option<String>,
}

/// What a lockfile records: of each package its checksum, and what it needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Content(BTreeMap<Entry, (Option<String>, BTreeSet<Entry>)>);

impl Content {
    /// Reads a lockfile. Fails with `Invalid` where it is none.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, FormatError> {
        let broken = |error: toml_edit::TomlError| FormatError::ArtifactInvalid {
            file: file.to_owned(),
            reason: error.message().to_owned(),
        };
        let lock = Document::parse(text).map_err(broken)?;
        let packages = lock.get("package").and_then(Item::as_array_of_tables);
        let tables: Vec<&Table> = packages.into_iter().flatten().collect();
        let entries: Vec<Entry> = tables.iter().map(|table| entry(table)).collect();
        let record = |(table, entry): (&&Table, &Entry)| {
            let needs = table.get("dependencies").and_then(Item::as_array).into_iter().flatten();
            let needs = needs.filter_map(|need| find(&entries, need.as_str()?)).cloned().collect();
            (entry.clone(), (text_of(table, "checksum"), needs))
        };
        Ok(Self(tables.iter().zip(&entries).map(record).collect()))
    }

    /// Whether it records one of these packages as taken from a folder.
    pub(crate) fn has(&self, names: &BTreeSet<&PackageName>) -> bool {
        self.0.keys().any(|entry| entry.source.is_none() && names.iter().any(|name| name.as_str() == entry.name))
    }

    /// What it would record had these packages moved and nothing else. Crates that are not released move along where they have the
    /// version of one that moves, as they inherit it, and cargo has it so `after`.
    pub(crate) fn moved(self, moves: &[&Move], after: &Self) -> Self {
        let step = |mut entry: Entry| {
            if let Some(own) = moves.iter().find(|one| entry.is_moved(one)).filter(|_| entry.source.is_none()) {
                entry.version = own.to.to_string();
            } else if !after.0.contains_key(&entry) {
                let along = moves.iter().filter_map(|one| entry.along(one));
                entry = along.into_iter().find(|moved| after.0.contains_key(moved)).unwrap_or(entry);
            }
            entry
        };
        let record = |(entry, (checksum, needs)): (Entry, (Option<String>, BTreeSet<Entry>))| {
            (step(entry), (checksum, needs.into_iter().map(step).collect()))
        };
        Self(self.0.into_iter().map(record).collect())
    }
}

impl Entry {
    fn is_moved(&self, by: &Move) -> bool {
        by.name.as_str() == self.name && by.from.as_ref().is_none_or(|from| from.as_str() == self.version)
    }

    /// With the version that another one of a folder moves to from the same one.
    fn along(&self, with: &Move) -> Option<Self> {
        let is_same = with.from.as_ref().is_some_and(|from| from.as_str() == self.version);
        (is_same && self.source.is_none()).then(|| Self { version: with.to.to_string(), ..self.clone() })
    }
}

fn text_of(table: &Table, key: &str) -> Option<String> {
    table.get(key).and_then(Item::as_str).map(str::to_owned)
}

fn entry(table: &Table) -> Entry {
    let text = |key| text_of(table, key);
    Entry {
        name: text("name").unwrap_or_default(),
        version: text("version").unwrap_or_default(),
        source: text("source"),
    }
}

/// The package that another's words name: `name`, `name version`, or `name version (source)`.
fn find<'a>(entries: &'a [Entry], words: &str) -> Option<&'a Entry> {
    let mut words = words.splitn(3, ' ');
    let (name, version, source) = (words.next()?, words.next(), words.next());
    let source = source.map(|source| source.trim_matches(['(', ')']));
    let mut named = entries.iter().filter(|entry| entry.name == name);
    named.find(|entry| {
        version.is_none_or(|version| entry.version == version)
            && source.is_none_or(|source| entry.source.as_deref() == Some(source))
    })
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::Version;

    use super::*;

    const LOCK: &str = r#"
        version = 4
        [[package]]
        name = "base"
        version = "1.0.0"
        [[package]]
        name = "third"
        version = "0.3.0"
        source = "registry+https://github.com/rust-lang/crates.io-index"
        checksum = "abc"
        [[package]]
        name = "top"
        version = "1.0.0"
        dependencies = ["base", "third"]
    "#;

    fn parse(text: &str) -> Content {
        Content::parse("Cargo.lock", text).expect("a lockfile")
    }

    fn moved(text: &str, name: &str, from: &str, to: &str) -> Content {
        let version = |text: &str| Version::from_canonical(text);
        parse(text).moved(&[&Move::new(PackageName::new(name), Some(version(from)), version(to))], &parse(text))
    }

    #[test]
    fn a_move_changes_the_version_wherever_it_stands() {
        let after = LOCK.replacen("1.0.0", "2.0.0", 1);
        assert_eq!(moved(LOCK, "base", "1.0.0", "2.0.0"), parse(&after));
        assert_ne!(parse(LOCK), parse(&after));
        let third = after.replace("0.3.0", "0.3.1");
        assert_ne!(moved(LOCK, "base", "1.0.0", "2.0.0"), parse(&third), "a third party moved");
        assert_ne!(moved(LOCK, "base", "0.9.0", "2.0.0"), parse(&after), "it was stale before");
        assert_eq!(moved(LOCK, "third", "0.3.0", "0.4.0"), parse(LOCK), "what comes from a registry stays");
        let needs_less = after.replace("\"base\", \"third\"", "\"base\"");
        assert_ne!(moved(LOCK, "base", "1.0.0", "2.0.0"), parse(&needs_less));
    }

    #[test]
    fn who_inherits_the_version_of_one_that_moves_may_move_along() {
        let step = Move::new(
            PackageName::new("base"),
            Some(Version::from_canonical("1.0.0")),
            Version::from_canonical("2.0.0"),
        );
        let follows = |after: &str| parse(LOCK).moved(&[&step], &parse(after)) == parse(after);
        let all = LOCK.replace("1.0.0", "2.0.0");
        assert!(follows(&all) && follows(&LOCK.replacen("1.0.0", "2.0.0", 1)));
        assert!(!follows(&all.replace("0.3.0", "0.3.1")), "a third party moved");
        assert!(!follows(&all.replacen("2.0.0", "1.0.0", 1)), "it did not move itself");
        assert!(!follows(&LOCK.replacen("1.0.0", "2.0.0", 1).replace("1.0.0", "3.0.0")), "another version");
    }

    #[test]
    fn a_package_is_the_same_however_others_name_it() {
        let twice = |base: &str, needs: &str| {
            let old = "[[package]]\nname = \"base\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\nchecksum = \"d\"\n";
            let lock = LOCK.replacen("1.0.0", base, 1).replace("\"base\", \"third\"", needs);
            format!("{lock}\n{old}")
        };
        let before = twice("1.1.0", "\"base 1.1.0\", \"third\"");
        let after = twice("2.0.0", "\"base 2.0.0\", \"third\"");
        assert_eq!(moved(&before, "base", "1.1.0", "2.0.0"), parse(&after));
        let other = twice("2.0.0", "\"base 1.0.0\", \"third\"");
        assert_ne!(moved(&before, "base", "1.1.0", "2.0.0"), parse(&other), "it needs the registry's now");
        let sources = twice("1.0.0", "\"base 1.0.0 (registry+x)\", \"third\"");
        assert_eq!(parse(&sources), parse(&sources));
        let names = [PackageName::new("base"), PackageName::new("third")];
        assert!(parse(LOCK).has(&names.iter().collect()));
        assert!(!parse(LOCK).has(&names[1..].iter().collect()));
    }
}
