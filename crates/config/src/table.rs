//! A table of the configuration: where it stands, and the keys in it. The tables themselves are in `tables.rs`.

use releasekit_core::policy::Policy;
use toml_edit::Key as TomlKey;

use crate::key::{Facts, Key, Slot};
use crate::rule::Rule;
use crate::tables::TABLES;

/// What is done with each key of a table.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(&Facts, Slot<'_>);

/// A TOML table with fixed keys.
#[derive(Debug)]
pub(crate) struct Table {
    /// The keys that lead to it; none for the root.
    pub(crate) path: &'static [&'static str],
    /// Where tables stand for names that the author chooses.
    pub(crate) named: Option<Named>,
    /// One sentence.
    pub(crate) doc: &'static str,
    /// Calls with every key, and its place in the policy; the name is that of a named table, which it creates.
    pub(crate) visit: fn(&mut Policy, &str, Visit<'_>),
}

/// Tables by a name that the author chooses.
#[derive(Debug)]
pub(crate) struct Named {
    /// What the reference writes for the name.
    pub(crate) placeholder: &'static str,
    /// What the name must be.
    pub(crate) rule: Rule,
    /// The names that a policy has.
    pub(crate) names: fn(&Policy) -> Vec<String>,
    /// A name for examples.
    pub(crate) example: &'static str,
}

impl Table {
    /// How the table's header reads in the reference: `[packages."NAME"]`; empty for the root.
    pub(crate) fn header(&self) -> String {
        let mut parts: Vec<&str> = self.path.to_vec();
        parts.extend(self.named.as_ref().map(|named| named.placeholder));
        if parts.is_empty() { String::new() } else { format!("[{}]", parts.join(".")) }
    }

    /// How an example of the table begins; empty for the root.
    pub(crate) fn example_header(&self) -> String {
        let name = self.named.as_ref().map(|named| named.example);
        let path = dotted(self.path.iter().copied().chain(name));
        if path.is_empty() { path } else { format!("[{path}]\n") }
    }

    /// The facts of its keys, with the slot's facts taken by `take`.
    pub(crate) fn keys<T>(&self, mut take: impl FnMut(&Facts, Slot<'_>) -> T) -> Vec<T> {
        let mut taken = Vec::new();
        (self.visit)(&mut Policy::default(), "", &mut |facts, slot| taken.push(take(facts, slot)));
        taken
    }
}

/// Calls with each key of a list.
pub(crate) fn each<T>(keys: &[Key<T>], stored_in: &mut T, visit: Visit<'_>) {
    for key in keys {
        visit(&key.facts, (key.slot)(stored_in));
    }
}

/// The table with fixed keys at a path.
pub(crate) fn fixed(path: &[String]) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.named.is_none() && table.path == path)
}

/// The tables with chosen names at a path.
pub(crate) fn named(path: &[String]) -> Option<(&'static Table, &'static Named)> {
    let table = TABLES.iter().find(|table| table.named.is_some() && table.path == path)?;
    table.named.as_ref().map(|named| (table, named))
}

/// The names of the tables that stand directly in the one at a path.
pub(crate) fn children(path: &[String]) -> Vec<&'static str> {
    let below =
        TABLES.iter().filter(|table| table.path.len() > path.len() && table.path.iter().zip(path).all(|(a, b)| a == b));
    let mut names: Vec<&str> = below.map(|table| table.path[path.len()]).collect();
    names.dedup();
    names
}

/// A key path as TOML writes it.
pub(crate) fn dotted<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let part = |part: &str| TomlKey::new(part).display_repr().into_owned();
    parts.into_iter().map(part).collect::<Vec<_>>().join(".")
}
