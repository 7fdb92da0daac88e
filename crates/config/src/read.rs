//! Walks a TOML document along the tables of keys, and stores what it finds. Decides nothing about single values.

use std::collections::BTreeMap;
use std::ops::Range;

use releasekit_core::policy::Policy;
use toml_edit::{Item, TableLike};

use crate::error::{Error, MOST, listed};
use crate::key::{Facts, Slot, Text};
use crate::rule::{Problem, Rule};
use crate::source::{Source, masked};
use crate::table::{self, Named, Table, dotted};
use crate::tables::TABLES;
use releasekit_core::nearest;

/// A text that later checks come back to, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Mention {
    pub(crate) key: String,
    pub(crate) rule: Rule,
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
    /// Whether it names a table; else it is a value of a key.
    pub(crate) is_table: bool,
}

/// What a document says.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    source: &'a Source,
    pub(crate) policy: Policy,
    /// The keys that are set, from the root, each with the bytes of its name.
    pub(crate) set: BTreeMap<String, Range<usize>>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) errors: Vec<Error>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a Source) -> Self {
        Self { source, policy: Policy::default(), set: BTreeMap::new(), mentions: Vec::new(), errors: Vec::new() }
    }

    /// Reads the table at `path`, and those below it.
    pub(crate) fn table(&mut self, path: &[String], content: &dyn TableLike) {
        if let Some((table, named)) = table::named(path) {
            return self.named_tables(path, table, named, content);
        }
        let children = table::children(path);
        let mut known = table::fixed(path).map_or_else(Vec::new, |table| self.keys(path, table, "", content));
        known.extend(&children);
        self.unknown_keys(path, &known, content);
        for child in children {
            let Some((span, item)) = entry(content, child) else { continue };
            let path = [path, &[child.to_owned()]].concat();
            if let Some(content) = self.expect_table(&path, item, span) {
                self.table(&path, content);
            }
        }
    }

    /// Reads `[packages."a"]`, `[packages."b"]` and so on.
    fn named_tables(&mut self, path: &[String], table: &Table, named: &Named, content: &dyn TableLike) {
        for (name, _) in content.iter() {
            let Some((span, item)) = entry(content, name) else { continue };
            let path = [path, &[name.to_owned()]].concat();
            if let Err(problem) = named.rule.check(name) {
                self.invalid(&path, problem, span);
                continue;
            }
            self.mention(
                &path,
                Text { rule: named.rule, text: name.to_owned(), span: Some(span.clone()) },
                span.clone(),
            );
            if let Some(content) = self.expect_table(&path, item, span) {
                let known = self.keys(&path, table, name, content);
                self.unknown_keys(&path, &known, content);
            }
        }
    }

    /// Reads the keys of one table, and gives the names it knows.
    fn keys(&mut self, path: &[String], table: &Table, name: &str, content: &dyn TableLike) -> Vec<&'static str> {
        let mut known = Vec::new();
        let mut policy = std::mem::take(&mut self.policy);
        (table.visit)(&mut policy, name, &mut |facts, slot| {
            known.push(facts.name);
            if let Some(entry) = entry(content, facts.name) {
                self.key(path, facts, slot, entry);
            }
        });
        self.policy = policy;
        known
    }

    fn key(&mut self, path: &[String], facts: &Facts, slot: Slot<'_>, (span, item): (Range<usize>, &Item)) {
        let path = [path, &[facts.name.to_owned()]].concat();
        let mut texts = Vec::new();
        if let Err(found) = slot.read(item, &mut texts) {
            for (problem, part) in found {
                self.invalid(&path, problem, part.unwrap_or_else(|| span.clone()));
            }
        }
        for text in texts {
            self.mention(&path, text, span.clone());
        }
        self.set.insert(joined(&path), span);
    }

    fn mention(&mut self, path: &[String], text: Text, key: Range<usize>) {
        let Text { rule, text, span } = text;
        // What names a table is its key.
        let is_table = span.as_ref() == Some(&key);
        self.mentions.push(Mention { key: joined(path), rule, text, span: span.unwrap_or(key), is_table });
    }

    fn expect_table<'i>(&mut self, path: &[String], item: &'i Item, span: Range<usize>) -> Option<&'i dyn TableLike> {
        let content = item.as_table_like();
        if content.is_none() {
            let problem = Problem::new("is a table, not a value").help(format!("write `[{}]`", joined(path)));
            self.invalid(path, problem, item.span().unwrap_or(span));
        }
        content
    }

    fn invalid(&mut self, path: &[String], problem: Problem, span: Range<usize>) {
        let reason = masked(&problem.reason);
        let place = self.source.place(span, reason.clone());
        self.errors.push(Error::InvalidValue { key: joined(path), reason, help: problem.help, place });
    }

    fn unknown_keys(&mut self, path: &[String], known: &[&str], content: &dyn TableLike) {
        for (name, item) in content.iter().filter(|(name, _)| !known.contains(name)) {
            let span = entry(content, name).map_or(0..0, |(span, _)| span);
            // What was meant takes a while to find, and more errors than these are not shown.
            let known = if self.errors.len() < MOST { known } else { &[] };
            let table = if path.is_empty() { "the root table".to_owned() } else { format!("`[{}]`", joined(path)) };
            let (message, help) = meant(path, name, item, known);
            let place = self.source.place(span, message);
            self.errors.push(Error::UnknownKey { key: name.to_owned(), table, help, place });
        }
    }
}

/// What the author of an unknown key may have meant: a message for the place, and help.
fn meant(path: &[String], name: &str, item: &Item, known: &[&str]) -> (String, String) {
    if let Some(word) = nearest(name, known.iter().copied()) {
        let message = format!("did you mean `{word}`?");
        return (message.clone(), message);
    }
    if path.first().is_some_and(|first| first == "packages") && item.is_table_like() {
        let message = "a name with a dot needs quotes".to_owned();
        let whole = path[1..].iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join(".");
        return (message, format!("a name with a dot is written in quotes: `[packages.\"{whole}\"]`"));
    }
    if let Some(table) = TABLES.iter().find(|table| table.keys(|facts, _| facts.name).contains(&name)) {
        let place = match table.header() {
            header if header.is_empty() => "at the top of the file, before any `[table]`".to_owned(),
            header => format!("in `{header}`"),
        };
        return (format!("it stands {place}"), format!("`{name}` stands {place}"));
    }
    ("not a key of this table".to_owned(), format!("its keys are {}", listed(known)))
}

/// A key's place and value.
pub(crate) fn entry<'t>(content: &'t dyn TableLike, name: &str) -> Option<(Range<usize>, &'t Item)> {
    let (key, item) = content.get_key_value(name)?;
    Some((key.span().or_else(|| item.span()).unwrap_or(0..0), item))
}

fn joined(path: &[String]) -> String {
    dotted(path.iter().map(String::as_str))
}
