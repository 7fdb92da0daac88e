//! The reference of `releasekit.toml` for people, from the tables of keys.

use std::fmt::Write;

use releasekit_core::policy::Policy;

use crate::configuration::{is_nothing, toml};
use crate::key::{Facts, Shape, Slot};
use crate::rule::Rule;
use crate::table::{Table, dotted};
use crate::tables::TABLES;

/// The reference as Markdown, with a final newline.
pub fn reference_markdown() -> String {
    let mut page = "# releasekit.toml\n\nEvery key is optional. An unknown key is an error.\n".to_owned();
    for table in TABLES {
        section(&mut page, table);
    }
    page
}

fn section(page: &mut String, table: &Table) {
    let header = table.header();
    let title = if header.is_empty() { "Root".to_owned() } else { format!("`{header}`") };
    let example = example(table);
    // Writing into a String cannot fail.
    let _ = write!(page, "\n## {title}\n\n{}\n\n| key | value | default | meaning |\n|---|---|---|---|\n", table.doc);
    for row in table.keys(|facts, slot| row(facts, &slot)) {
        page.push_str(&row);
    }
    let _ = write!(page, "\n```toml\n{example}```\n");
    let defaults = defaults(table);
    if !defaults.is_empty() {
        let _ = write!(page, "\nKnown by default:\n\n```toml\n{defaults}```\n");
    }
}

/// The named tables that exist without a file.
fn defaults(table: &Table) -> String {
    let mut policy = Policy::default();
    let mut text = String::new();
    for name in table.named.as_ref().map(|named| (named.names)(&policy)).unwrap_or_default() {
        let mut keys = Vec::new();
        (table.visit)(&mut policy, &name, &mut |facts, slot| keys.push((facts.name, slot.show())));
        let keys = keys.iter().filter(|(_, value)| !is_nothing(value));
        let keys: Vec<String> = keys.map(|(key, value)| format!("{key} = {}", toml(value))).collect();
        let _ =
            writeln!(text, "{} = {{ {} }}", dotted(table.path.iter().copied().chain([name.as_str()])), keys.join(", "));
    }
    text
}

fn row(facts: &Facts, slot: &Slot<'_>) -> String {
    let default = slot.show();
    let default = if is_nothing(&default) { facts.unset.to_owned() } else { format!("`{}`", toml(&default)) };
    let cells = [format!("`{}`", facts.name), value(&slot.shape()), default, facts.doc.to_owned()];
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

fn value(shape: &Shape) -> String {
    match shape {
        Shape::Flag => "`true`, `false`".to_owned(),
        Shape::Text(rule) => rule.noun().to_owned(),
        Shape::Texts(rule @ Rule::TagFormat) => format!("{} or list of them", rule.noun()),
        Shape::Texts(rule) => format!("list of: {}", rule.noun()),
        Shape::Commands => "list of argument lists".to_owned(),
        Shape::Files => "list of: path, or `{ path, search }`".to_owned(),
        Shape::Number(range, what) => format!("{what}, {} to {}", range.least, range.greatest),
        Shape::Word(words) => quoted(words),
        Shape::Words(words) => format!("list of: {}", quoted(words)),
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ")
}

/// The table with an example of every key; what a chosen name stands for is spelled out.
fn example(table: &Table) -> String {
    let mut example = table.example_header();
    for line in table.keys(|facts, _| format!("{} = {}\n", facts.name, facts.example)) {
        example.push_str(&line);
    }
    example
}
