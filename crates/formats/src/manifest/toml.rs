//! Reading TOML with places: every value that is not what it should be is a fault that points at it.
//!
//! For the backends of this repository: signatures name `toml_edit`, and change with it.

use std::ops::Range;

use toml_edit::{Document, Item, Table, Value};

use super::source::{Fault, Source};

pub use super::source::Spanned;

/// Reads values and collects what is wrong with them.
#[derive(Debug)]
pub struct Reader<'a> {
    source: &'a Source,
    /// What was wrong so far.
    pub faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// Reads values of a file.
    pub fn new(source: &'a Source) -> Self {
        Self { source, faults: Vec::new() }
    }

    /// Notes that something is wrong; without a span, with the file as a whole.
    pub fn fault(&mut self, span: Option<Range<usize>>, reason: impl Into<String>) {
        self.faults.push(Fault { place: self.source.place(span), reason: reason.into() });
    }

    /// A string, where there is a value.
    pub fn string(&mut self, item: Option<&Item>, key: &str) -> Option<Spanned> {
        let item = item?;
        let found = item.as_str().zip(item.span());
        if found.is_none() {
            self.fault(item.span(), format!("`{key}` must be a string"));
        }
        found.map(|(value, span)| Spanned { value: value.to_owned(), span })
    }

    /// A truth value, where there is a value.
    pub fn boolean(&mut self, item: Option<&Item>, key: &str) -> Option<bool> {
        let item = item?;
        let found = item.as_bool();
        if found.is_none() {
            self.fault(item.span(), format!("`{key}` must be `true` or `false`"));
        }
        found
    }

    /// The strings of an array; none where there is no value.
    pub fn strings(&mut self, item: Option<&Item>, key: &str) -> Vec<Spanned> {
        self.values(item, key).into_iter().filter_map(|value| self.text(value, key)).collect()
    }

    /// The strings of an array that may also hold tables, which are passed over.
    pub fn strings_among_tables(&mut self, item: Option<&Item>, key: &str) -> Vec<Spanned> {
        let values = self.values(item, key);
        values.into_iter().filter(|value| !value.is_inline_table()).filter_map(|value| self.text(value, key)).collect()
    }

    fn values<'i>(&mut self, item: Option<&'i Item>, key: &str) -> Vec<&'i Value> {
        let Some(item) = item else { return Vec::new() };
        match item.as_array() {
            Some(array) => array.iter().collect(),
            None => {
                self.fault(item.span(), format!("`{key}` must be an array"));
                Vec::new()
            }
        }
    }

    fn text(&mut self, value: &Value, key: &str) -> Option<Spanned> {
        let found = value.as_str().zip(value.span());
        if found.is_none() {
            self.fault(value.span(), format!("`{key}` must hold strings"));
        }
        found.map(|(value, span)| Spanned { value: value.to_owned(), span })
    }

    /// The keys and values of a table, in the order of the file; none where there is no value.
    pub fn entries<'i>(&mut self, item: Option<&'i Item>, key: &str) -> Vec<(String, Range<usize>, &'i Item)> {
        let Some(item) = item else { return Vec::new() };
        let Some(table) = item.as_table_like() else {
            self.fault(item.span(), format!("`{key}` must be a table"));
            return Vec::new();
        };
        let span = |name: &str| table.key(name).and_then(toml_edit::Key::span).unwrap_or_default();
        table.iter().map(|(name, item)| (name.to_owned(), span(name), item)).collect()
    }
}

/// The value at a path of keys.
pub fn at<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Item> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(first)?, |item, key| item.as_table_like()?.get(key))
}

/// The tables of a file, with the place of each.
pub fn parse(source: &Source) -> Result<Table, Fault> {
    Document::parse(source.text.as_str()).map(Document::into_table).map_err(|error| {
        let reason = error.message().lines().collect::<Vec<_>>().join(", ");
        Fault { place: source.place(error.span()), reason }
    })
}

/// The name in a table of a package file, where single lines show it, as they mostly do; `table` is its line, `[package]`. A
/// history has thousands of package files, and reading all of each takes long.
pub fn name_on_a_line(text: &str, table: &str) -> Option<String> {
    // A line can be told for what it is as long as no string of several lines stands above it.
    let is_plain = |line: &&str| !line.contains("\"\"\"") && !line.contains("'''");
    let mut lines = text.lines().map(str::trim).take_while(is_plain);
    lines.find(|line| *line == table)?;
    let is_name = |line: &&str| line.split_once('=').is_some_and(|(key, _)| key.trim_end() == "name");
    let line = lines.take_while(|line| !line.starts_with('[')).find(is_name)?;
    Some(Document::parse(line).ok()?.get("name")?.as_str()?.to_owned())
}
