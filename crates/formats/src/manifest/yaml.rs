//! Reading YAML with places, and writing a scalar in the place of another.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle};

use super::data::{Data, Entry, Node};
use super::source::{Fault, Source, Spanned};

/// How deep values may lie in each other. Nothing that is read here lies deeper than five.
const DEEPEST: usize = 64;

/// The value of the only document of a file; `Null` where that is empty. An alias is the node that it names, shared and not
/// copied. Fails where the text is no YAML, has several documents, keys that occur twice, that are no scalars, or that are `<<`,
/// and where it is nested too deep.
pub fn parse(source: &Source) -> Result<Node, Fault> {
    let mut reading = Reading { source, open: Vec::new(), anchors: BTreeMap::new(), root: None };
    for event in Parser::new_from_str(&source.text) {
        let (event, span) = event.map_err(|error| {
            let at = error.marker().byte_offset();
            Fault { place: source.place(at.map(|at| at..at)), reason: error.info().to_string() }
        })?;
        let span = span.byte_range().unwrap_or_default();
        reading.event(event, span)?;
    }
    Ok(reading.root.map_or(Node { data: Data::Null, span: 0..0 }, Arc::unwrap_or_clone))
}

/// A scalar with another value, in the quotes that it has. One without quotes gets some where its value needs them.
pub fn requoted(raw: &str, value: &str) -> String {
    match raw.chars().next() {
        Some('"') => super::requoted(raw, value),
        Some('\'') => single(value),
        _ if is_plain(value) => value.to_owned(),
        _ => single(value),
    }
}

fn single(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// Whether a value can stand without quotes, wherever that is, and is a string then.
fn is_plain(value: &str) -> bool {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || ".-+^~/ <>=|@:_".contains(c);
    let begins = value.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '^' | '~' | '<'));
    let is_whole = !value.contains(": ") && !value.ends_with([' ', ':']);
    begins && is_whole && value.chars().all(is_legal) && matches!(plain(value), Data::String(_))
}

/// A value whose end has not been read yet.
struct Open {
    data: Data,
    start: usize,
    anchor: usize,
    key: Option<Spanned>,
}

/// The events so far.
struct Reading<'s> {
    source: &'s Source,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Arc<Node>>,
    root: Option<Arc<Node>>,
}

impl Reading<'_> {
    fn event(&mut self, event: Event<'_>, span: Range<usize>) -> Result<(), Fault> {
        match event {
            Event::DocumentStart(..) if self.root.is_some() => Err(self.fault(span, "a second document begins here")),
            Event::Scalar(text, style, anchor, tag) => {
                let data = match style {
                    ScalarStyle::Plain if tag.is_none() => plain(&text),
                    _ => Data::String(text.into_owned()),
                };
                self.value(Arc::new(Node { data, span }), anchor)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some(node) => self.value(node, 0),
                None => Err(self.fault(span, "an alias stands in what it names")),
            },
            Event::SequenceStart(_, anchor, _) => self.begin(Data::Array(Vec::new()), anchor, span),
            Event::MappingStart(_, anchor, _) => self.begin(Data::Object(Vec::new()), anchor, span),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => {
                    let span = open.start..span.end.max(open.start);
                    self.value(Arc::new(Node { data: open.data, span }), open.anchor)
                }
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn begin(&mut self, data: Data, anchor: usize, span: Range<usize>) -> Result<(), Fault> {
        if self.open.len() == DEEPEST {
            return Err(self.fault(span, "values lie too deep in each other"));
        }
        self.open.push(Open { data, start: span.start, anchor, key: None });
        Ok(())
    }

    fn value(&mut self, node: Arc<Node>, anchor: usize) -> Result<(), Fault> {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let span = node.span.clone();
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open { data: Data::Array(values), .. }) => values.push(node),
            Some(Open { data: Data::Object(entries), key, .. }) => match key.take() {
                Some(key) => entries.push(Entry { key, value: node }),
                None => match Self::key(entries, &node) {
                    Ok(found) => *key = Some(found),
                    Err(reason) => return Err(self.fault(span, reason)),
                },
            },
            Some(_) => {}
        }
        Ok(())
    }

    fn key(entries: &[Entry], node: &Node) -> Result<Spanned, String> {
        let text = match &node.data {
            Data::String(text) | Data::Number(text) => text.clone(),
            Data::Boolean(value) => value.to_string(),
            Data::Null => "null".to_owned(),
            Data::Array(_) | Data::Object(_) => return Err("a key must be a scalar".to_owned()),
        };
        match text.as_str() {
            "<<" => Err("`<<` is not understood here, for pnpm 12 knows no merged keys".to_owned()),
            text if entries.iter().any(|entry| entry.key.value == text) => Err(format!("`{text}` is there twice")),
            _ => Ok(Spanned { value: text, span: node.span.clone() }),
        }
    }

    fn fault(&self, span: Range<usize>, reason: impl Into<String>) -> Fault {
        Fault { place: self.source.place(Some(span)), reason: reason.into() }
    }
}

/// What a scalar without quotes is, by the core schema.
fn plain(text: &str) -> Data {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" => Data::Boolean(true),
        "false" | "False" | "FALSE" => Data::Boolean(false),
        text if is_number(text) => Data::Number(text.to_owned()),
        text => Data::String(text.to_owned()),
    }
}

fn is_number(text: &str) -> bool {
    let digits = |text: &str, radix| !text.is_empty() && text.chars().all(|c| c.is_digit(radix));
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_float = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') && unsigned.parse::<f64>().is_ok();
    let special = [".inf", ".Inf", ".INF"].contains(&unsigned) || [".nan", ".NaN", ".NAN"].contains(&text);
    is_float
        || special
        || text.strip_prefix("0x").is_some_and(|rest| digits(rest, 16))
        || text.strip_prefix("0o").is_some_and(|rest| digits(rest, 8))
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::RepoPath;

    use super::*;

    fn read(text: &str) -> Result<Node, Fault> {
        parse(&Source::new(RepoPath::new("f.yaml").expect("legal"), text))
    }

    #[test]
    fn values_are_read_with_their_places() {
        let text = "# ü\npackages:\n  - 'a/*' # x\n  - b\ncatalog: {\"react\": ^1.0.0, v: 1.0, n: ~}\r\n";
        let root = read(text).expect("YAML");
        let Some(Data::Array(packages)) = root.get("packages").map(|node| &node.data) else { panic!("an array") };
        assert_eq!(&text[packages[0].span.clone()], "'a/*'");
        assert_eq!(packages[1].as_str(), Some("b"));
        let catalog = root.get("catalog").expect("an object");
        let react = catalog.get("react").expect("a value");
        assert_eq!((react.as_str(), &text[react.span.clone()]), (Some("^1.0.0"), "^1.0.0"));
        assert_eq!(catalog.get("v").map(|node| &node.data), Some(&Data::Number("1.0".to_owned())));
        assert_eq!(catalog.get("n").map(|node| &node.data), Some(&Data::Null));
        assert_eq!(read("# nothing\n").expect("YAML").data, Data::Null);
    }

    #[test]
    fn an_alias_is_what_it_names() {
        let text = "a: &v ^1.0.0\nb: *v\nc: &l [x]\nd: *l\n";
        let root = read(text).expect("YAML");
        let (a, b) = (root.get("a").expect("a value"), root.get("b").expect("a value"));
        assert_eq!((a, &text[a.span.clone()]), (b, "^1.0.0"));
        let bomb: String = (1..40).map(|n| format!("l{n}: &l{n} [*l{0}, *l{0}, *l{0}]\n", n - 1)).collect();
        assert!(read(&format!("l0: &l0 x\n{bomb}")).is_ok(), "what is named is shared");
    }

    #[test]
    fn what_is_not_read_is_refused() {
        let deep = format!("a: {}", "[".repeat(100_000));
        for text in [
            "a: 1\na: 2\n",
            "a: [\n",
            "a: 1\n---\nb: 2\n",
            "a: *b\n",
            "<<: {a: 1}\n",
            "[a]: 1\n",
            "a: &x [*x]\n",
            &deep,
        ] {
            assert!(read(text).is_err(), "{}", &text[..text.len().min(20)]);
        }
    }

    #[test]
    fn quotes_are_kept_and_given_where_they_are_needed() {
        for (raw, value, expected) in [
            ("^1.0.0", "^2.0.0", "^2.0.0"),
            ("\"^1\"", "^2", "\"^2\""),
            ("'*'", ">=2.0.0-rc.1", "'>=2.0.0-rc.1'"),
            ("1.x", "2.x", "2.x"),
            ("x", ">=2.0.0-rc.1", "'>=2.0.0-rc.1'"),
            ("1.0.0", "2", "'2'"),
            ("npm:a@^1", "npm:a@^2", "npm:a@^2"),
        ] {
            assert_eq!(requoted(raw, value), expected, "{raw}");
        }
    }
}
