//! JSON and YAML as one kind of value, each with its place.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::source::{Fault, Source, Spanned};

/// More faults of one file nobody reads.
const MOST: usize = 100;

/// A value and the bytes it stands in, quotes included. What an alias of YAML stands for is the node that it names, at its own
/// place; it is shared, so that aliases of aliases cost nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub data: Data,
    /// Where it stands.
    pub span: Range<usize>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Nothing.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A number, as it is written.
    Number(String),
    /// A string.
    String(String),
    /// Values in an order.
    Array(Vec<Arc<Node>>),
    /// Values under keys, in the order of the file. A reader of JSON leaves keys that occur twice.
    Object(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Spanned,
    /// The value.
    pub value: Arc<Node>,
}

impl Node {
    /// The value under a key, the last where there are several; `None` where there is none, or this is no object.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Data::Object(entries) = &self.data else { return None };
        entries.iter().rev().find(|entry| entry.key.value == key).map(|entry| entry.value.as_ref())
    }

    /// The string that it is.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// The string that it is, with its place.
    pub fn spanned(&self) -> Option<Spanned> {
        self.as_str().map(|text| Spanned { value: text.to_owned(), span: self.span.clone() })
    }

    /// Whether JavaScript takes it for true.
    pub fn is_truthy(&self) -> bool {
        match &self.data {
            Data::Null => false,
            Data::Boolean(value) => *value,
            Data::Number(number) => number.parse::<f64>().is_ok_and(|number| number != 0.0),
            Data::String(text) => !text.is_empty(),
            Data::Array(_) | Data::Object(_) => true,
        }
    }
}

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

    /// Notes that something is wrong at a place. Of very many faults the first are enough, for each has the text of the file.
    pub fn fault(&mut self, span: &Range<usize>, reason: impl Into<String>) {
        if self.faults.len() == MOST {
            return;
        }
        self.faults.push(Fault { place: self.source.place(Some(span.clone())), reason: reason.into() });
    }

    /// A string, where there is a value. `null` is none.
    pub fn string(&mut self, node: Option<&Node>, key: &str) -> Option<Spanned> {
        let node = node.filter(|node| node.data != Data::Null)?;
        let found = node.spanned();
        if found.is_none() {
            self.fault(&node.span, format!("`{key}` must be a string"));
        }
        found
    }

    /// The strings of an array; none where there is no value.
    pub fn strings(&mut self, node: Option<&Node>, key: &str) -> Vec<Spanned> {
        let Some(node) = node.filter(|node| node.data != Data::Null) else { return Vec::new() };
        let Data::Array(values) = &node.data else {
            self.fault(&node.span, format!("`{key}` must be an array"));
            return Vec::new();
        };
        let mut all = Vec::new();
        for value in values {
            match value.spanned() {
                Some(text) => all.push(text),
                None => self.fault(&value.span, format!("`{key}` must hold strings")),
            }
        }
        all
    }

    /// The keys and values of an object, in the order of the file; none where there is no value. A key that is there twice is
    /// a fault, for of two places one would be changed and the other be read.
    pub fn entries<'n>(&mut self, node: Option<&'n Node>, key: &str) -> &'n [Entry] {
        let Some(node) = node.filter(|node| node.data != Data::Null) else { return &[] };
        let Data::Object(entries) = &node.data else {
            self.fault(&node.span, format!("`{key}` must be an object"));
            return &[];
        };
        let mut seen = BTreeMap::new();
        for entry in entries {
            if seen.insert(entry.key.value.as_str(), ()).is_some() {
                self.fault(&entry.key.span, format!("`{}` is there twice", entry.key.value));
            }
        }
        entries
    }
}
