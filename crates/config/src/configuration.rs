//! A configuration that has been read: the policy, and where each value of it came from.

use std::collections::BTreeMap;
use std::ops::Range;

use releasekit_core::policy::Policy;
use serde::Serialize;
use serde_json::Value as Json;

use crate::error::{Error, LONGEST};
use crate::read::{Mention, Reader};
use crate::source::Source;
use crate::table::dotted;
use crate::tables::TABLES;
use crate::{crosscheck, original, recover};

/// What a configuration decides, and where each value came from.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Configuration {
    /// The values.
    pub policy: Policy,
    /// Every key with its value, defaults too, in the order of the reference; what `config show --origin` prints.
    pub settings: Vec<Setting>,
    pub(crate) source: Source,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) set: BTreeMap<String, Range<usize>>,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The key from the root, as TOML writes it: `packages."py:core".release`.
    pub key: String,
    /// The value; null where there is none.
    pub value: Json,
    /// What it means that there is no value.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub unset: &'static str,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// A line of a file.
    File {
        /// The file as it was named to [`parse`].
        path: String,
        /// The line, from 1.
        line: usize,
    },
}

impl Setting {
    /// The value as TOML, or in parentheses what it means that there is none.
    pub fn rendered(&self) -> String {
        if self.unset.is_empty() { toml(&self.value) } else { format!("({})", self.unset) }
    }
}

impl Configuration {
    /// The defaults, for a repository without a file.
    pub fn default_for_no_file() -> Self {
        let source = Source::new("", "");
        let reader = Reader::new(&source);
        let settings = settings(&reader, &source);
        Self { policy: Policy::default(), settings, source, mentions: Vec::new(), set: BTreeMap::new() }
    }
}

/// Reads a configuration; `path` is how messages name the file.
///
/// Every error of the text is reported, of very many the first ones, all of kind `Invalid` and with codes `RK-CONFIG-…`.
/// A text longer than [`LONGEST`](crate::LONGEST) is not even looked at. Names of packages and
/// ecosystems are not checked, for they are not known yet: see [`check_names`](crate::check_names) and
/// [`check_ecosystems`](crate::check_ecosystems).
pub fn parse(path: &str, text: &str) -> Result<Configuration, Error> {
    if text.len() > LONGEST {
        return Err(Error::TooLong { path: path.to_owned(), length: text.len() });
    }
    let source = Source::new(path, text);
    let recovered = recover::parse(text);
    if let Some(error) =
        recovered.document.as_ref().and_then(|document| original::recognise(document.as_table(), &source))
    {
        return Err(error);
    }
    let mut reader = Reader::new(&source);
    if let Some(document) = &recovered.document {
        reader.table(&[], document.as_table());
    }
    let mut errors = std::mem::take(&mut reader.errors);
    if recovered.errors.is_empty() {
        errors.extend(crosscheck::groups(&reader.policy, &reader.mentions, &source));
        errors.extend(crosscheck::registries(&reader.policy, &reader.set, &source));
        errors.extend(crosscheck::synchronized(&reader.policy, &reader.set, &source));
        errors.extend(crosscheck::umbrella(&reader.policy, &reader.set, &source));
        errors.extend(crosscheck::drafts(&reader.policy, &reader.set, &source));
        errors.extend(crosscheck::release_branch(&reader.policy, &reader.mentions, &source));
        let propagate = reader.set.get("propagate").cloned().unwrap_or_default();
        errors.extend(crosscheck::propagation(&reader.policy, propagate, &source));
    }
    errors.extend(recovered.errors.into_iter().map(|(message, span)| syntax(message, span, &source)));
    if let Some(error) = Error::together(errors) {
        return Err(error);
    }
    let settings = settings(&reader, &source);
    let Reader { policy, mentions, set, .. } = reader;
    Ok(Configuration { policy, settings, source, mentions, set })
}

fn syntax(message: String, span: Range<usize>, source: &Source) -> Error {
    if message == "duplicate key" {
        let what = format!("`{}`", source.shown(span.clone()));
        return Error::Duplicate { what, place: source.place(span, "stands here a second time") };
    }
    let place = source.place(span, message.clone());
    Error::Syntax { message, place }
}

/// Every key of every table that the policy has.
fn settings(reader: &Reader<'_>, source: &Source) -> Vec<Setting> {
    let mut policy = reader.policy.clone();
    let mut settings = Vec::new();
    for table in TABLES {
        let names = table.named.as_ref().map(|named| (named.names)(&policy));
        for name in names.unwrap_or_else(|| vec![String::new()]) {
            (table.visit)(&mut policy, &name, &mut |facts, slot| {
                let chosen = table.named.as_ref().map(|_| name.as_str());
                let key = dotted(table.path.iter().copied().chain(chosen).chain([facts.name]));
                let line = |span: &Range<usize>| Origin::File {
                    path: source.path().to_owned(),
                    line: source.line(span.start),
                };
                let origin = reader.set.get(&key).map_or(Origin::Default, line);
                let value = slot.show();
                let unset = if is_nothing(&value) { facts.unset } else { "" };
                settings.push(Setting { key, value, unset, origin });
            });
        }
    }
    settings
}

/// Whether there is no value, but only what that means.
pub(crate) fn is_nothing(value: &Json) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// A value as TOML writes it.
pub(crate) fn toml(value: &Json) -> String {
    match value {
        Json::String(text) => toml_edit::Value::from(text.as_str()).to_string(),
        Json::Array(list) => format!("[{}]", list.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Json::Object(fields) => {
            let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key} = {}", toml(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        other => other.to_string(),
    }
}
