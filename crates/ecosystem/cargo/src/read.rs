//! Reading TOML with places: every value that is not what it should be is a fault that points at it.

use std::ops::Range;

use toml_edit::{Item, Value};

use crate::error::Error;
use crate::source::Source;

/// A string of a file and the bytes it stands in, quotes included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spanned {
    pub(crate) value: String,
    pub(crate) span: Range<usize>,
}

/// Reads values and collects what is wrong with them.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    source: &'a Source,
    pub(crate) faults: Vec<Error>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a Source) -> Self {
        Self { source, faults: Vec::new() }
    }

    pub(crate) fn fault(&mut self, span: Option<Range<usize>>, reason: impl Into<String>) {
        self.faults.push(Error::Manifest { place: self.source.place(span), reason: reason.into() });
    }

    /// A string, where there is a value.
    pub(crate) fn string(&mut self, item: Option<&Item>, key: &str) -> Option<Spanned> {
        let item = item?;
        let found = item.as_str().zip(item.span());
        if found.is_none() {
            self.fault(item.span(), format!("`{key}` must be a string"));
        }
        found.map(|(value, span)| Spanned { value: value.to_owned(), span })
    }

    /// The strings of an array; none where there is no value.
    pub(crate) fn strings(&mut self, item: Option<&Item>, key: &str) -> Vec<Spanned> {
        self.values(item, key).into_iter().filter_map(|value| self.text(value, key)).collect()
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
    pub(crate) fn entries<'i>(&mut self, item: Option<&'i Item>, key: &str) -> Vec<(String, Range<usize>, &'i Item)> {
        let Some(item) = item else { return Vec::new() };
        let Some(table) = item.as_table_like() else {
            self.fault(item.span(), format!("`{key}` must be a table"));
            return Vec::new();
        };
        let span = |name: &str| table.key(name).and_then(toml_edit::Key::span).unwrap_or_default();
        table.iter().map(|(name, item)| (name.to_owned(), span(name), item)).collect()
    }
}
