//! One key of the configuration: its name, its words for people, and the place of the policy it is stored in.
//!
//! A [`Slot`] is that place, borrowed, and knows how to read itself from TOML, how to show itself and what shape it
//! has. Keys know nothing of tables or spans.

use std::time::Duration;

use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::policy::ExtraFile;
use serde_json::{Value as Json, json};
use toml_edit::{Item, TableLike};

use crate::error::listed;
use crate::rule::{Problem, Rule};
use releasekit_core::nearest;

/// What people read of a key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    pub(crate) name: &'static str,
    /// One line.
    pub(crate) doc: &'static str,
    /// A value in TOML that differs from the default.
    pub(crate) example: &'static str,
    /// What a key means that has no value; empty where it always has one.
    pub(crate) unset: &'static str,
}

/// A key that is stored in a `T`.
#[derive(Debug)]
pub(crate) struct Key<T: 'static> {
    pub(crate) facts: Facts,
    pub(crate) slot: for<'a> fn(&'a mut T) -> Slot<'a>,
}

impl<T> Key<T> {
    pub(crate) const fn new(
        name: &'static str,
        doc: &'static str,
        example: &'static str,
        slot: for<'a> fn(&'a mut T) -> Slot<'a>,
    ) -> Self {
        Self { facts: Facts { name, doc, example, unset: "" }, slot }
    }

    /// Says what it means when it is not set.
    pub(crate) const fn unset(mut self, meaning: &'static str) -> Self {
        self.facts.unset = meaning;
        self
    }
}

/// Where a value is stored, by its type.
pub(crate) enum Slot<'a> {
    Flag(&'a mut bool),
    OptionalFlag(&'a mut Option<bool>),
    Text(&'a mut String, Rule),
    OptionalText(&'a mut Option<String>, Rule),
    Texts(&'a mut Vec<String>, Rule),
    Path(&'a mut Option<RepoPath>),
    Commit(&'a mut Option<CommitId>),
    Commands(&'a mut Vec<Vec<String>>),
    Files(&'a mut Vec<ExtraFile>),
    Seconds(&'a mut Duration, Range),
    Count(&'a mut usize, Range),
    Retries(&'a mut u32, Range),
    Word(Box<dyn Word + 'a>),
    Words(Box<dyn Words + 'a>),
}

/// The least and the greatest number a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) least: u32,
    pub(crate) greatest: u32,
}

/// What a value looks like, for the schema and the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    Flag,
    Text(Rule),
    Texts(Rule),
    Commands,
    Files,
    Number(Range, &'static str),
    Word(Vec<&'static str>),
    Words(Vec<&'static str>),
}

/// A choice among words.
pub(crate) trait Word {
    fn words(&self) -> Vec<&'static str>;
    fn word(&self) -> Option<&'static str>;
    fn choose(&mut self, word: &str) -> bool;
}

/// Some of several words, at least one.
pub(crate) trait Words {
    fn words(&self) -> Vec<&'static str>;
    fn chosen(&self) -> Vec<&'static str>;
    fn clear(&mut self);
    /// Adds a word, or says what is wrong with it.
    fn add(&mut self, word: &str) -> Result<(), Problem>;
}

struct Choice<'a, T: 'static> {
    chosen: &'a mut T,
    table: &'static [(&'static str, T)],
}

impl<T: Clone + PartialEq> Word for Choice<'_, T> {
    fn words(&self) -> Vec<&'static str> {
        self.table.iter().map(|(word, _)| *word).collect()
    }

    fn word(&self) -> Option<&'static str> {
        self.table.iter().find(|(_, value)| value == self.chosen).map(|(word, _)| *word)
    }

    fn choose(&mut self, word: &str) -> bool {
        let found = self.table.iter().find(|(name, _)| *name == word);
        if let Some((_, value)) = found {
            *self.chosen = value.clone();
        }
        found.is_some()
    }
}

/// A slot that takes one of the words of a table.
pub(crate) fn word<'a, T: Clone + PartialEq>(chosen: &'a mut T, table: &'static [(&'static str, T)]) -> Slot<'a> {
    Slot::Word(Box::new(Choice { chosen, table }))
}

struct Choices<'a, T: 'static> {
    chosen: &'a mut Vec<T>,
    table: &'static [(&'static str, T)],
}

impl<T: Clone + PartialEq> Words for Choices<'_, T> {
    fn words(&self) -> Vec<&'static str> {
        self.table.iter().map(|(word, _)| *word).collect()
    }

    fn chosen(&self) -> Vec<&'static str> {
        self.table.iter().filter(|(_, value)| self.chosen.contains(value)).map(|(word, _)| *word).collect()
    }

    fn clear(&mut self) {
        self.chosen.clear();
    }

    fn add(&mut self, word: &str) -> Result<(), Problem> {
        if let Some((_, value)) = self.table.iter().find(|(name, _)| *name == word) {
            self.chosen.push(value.clone());
            return Ok(());
        }
        let problem = Problem::new(format!("cannot hold `{}`", word.escape_debug()));
        Err(problem.help(word_help(word, self.words())))
    }
}

/// A slot that takes words of a table.
pub(crate) fn words<'a, T: Clone + PartialEq>(chosen: &'a mut Vec<T>, table: &'static [(&'static str, T)]) -> Slot<'a> {
    Slot::Words(Box::new(Choices { chosen, table }))
}

/// Something wrong with a value, and the part of it that is wrong.
type Found = (Problem, Option<std::ops::Range<usize>>);

/// A text as it was read, with the rule it follows.
pub(crate) struct Text {
    pub(crate) rule: Rule,
    pub(crate) text: String,
    pub(crate) span: Option<std::ops::Range<usize>>,
}

impl Slot<'_> {
    pub(crate) fn shape(&self) -> Shape {
        match self {
            Self::Flag(_) | Self::OptionalFlag(_) => Shape::Flag,
            Self::Text(_, rule) | Self::OptionalText(_, rule) => Shape::Text(*rule),
            Self::Texts(_, rule) => Shape::Texts(*rule),
            Self::Path(_) => Shape::Text(Rule::Path),
            Self::Commit(_) => Shape::Text(Rule::Commit),
            Self::Commands(_) => Shape::Commands,
            Self::Files(_) => Shape::Files,
            Self::Seconds(_, range) => Shape::Number(*range, "seconds"),
            Self::Count(_, range) | Self::Retries(_, range) => Shape::Number(*range, "number"),
            Self::Word(choice) => Shape::Word(choice.words()),
            Self::Words(choice) => Shape::Words(choice.words()),
        }
    }

    /// The value; null where there is none.
    pub(crate) fn show(&self) -> Json {
        match self {
            Self::Flag(value) => json!(value),
            Self::OptionalFlag(value) => json!(value),
            Self::Text(value, _) => json!(value),
            Self::OptionalText(value, _) => json!(value),
            Self::Texts(value, _) => json!(value),
            Self::Path(value) => json!(value.as_ref().map(ToString::to_string)),
            Self::Commit(value) => json!(value.as_ref().map(CommitId::as_str)),
            Self::Commands(value) => json!(value),
            Self::Files(value) => value.iter().map(shown_file).collect(),
            Self::Seconds(value, _) => json!(value.as_secs()),
            Self::Count(value, _) => json!(value),
            Self::Retries(value, _) => json!(value),
            Self::Word(choice) => json!(choice.word()),
            Self::Words(choice) => json!(choice.chosen()),
        }
    }

    /// Stores the value, or says everything that is wrong with it; texts that were read go to `texts`.
    pub(crate) fn read(self, item: &Item, texts: &mut Vec<Text>) -> Result<(), Vec<Found>> {
        match self {
            Self::Flag(slot) => *slot = flag(item)?,
            Self::OptionalFlag(slot) => *slot = Some(flag(item)?),
            Self::Text(slot, rule) => *slot = text(item, rule, texts)?,
            Self::OptionalText(slot, rule @ (Rule::TextOrNone | Rule::UmbrellaTag)) => {
                *slot = Some(text(item, rule, texts)?).filter(|text| !text.is_empty());
            }
            Self::OptionalText(slot, rule) => *slot = Some(text(item, rule, texts)?),
            Self::Texts(slot, rule) => *slot = list_of_texts(item, rule, texts)?,
            Self::Path(slot) => *slot = RepoPath::new(text(item, Rule::Path, texts)?).ok(),
            Self::Commit(slot) => {
                *slot = Some(CommitId::new(text(item, Rule::Commit, texts)?.to_ascii_lowercase()));
            }
            Self::Commands(slot) => *slot = commands(item)?,
            Self::Files(slot) => *slot = files(item, texts)?,
            Self::Seconds(slot, range) => *slot = Duration::from_secs(number(item, range, "seconds")?.into()),
            Self::Count(slot, range) => *slot = number(item, range, "number")? as usize,
            Self::Retries(slot, range) => *slot = number(item, range, "number")?,
            Self::Word(choice) => choose(choice, item)?,
            Self::Words(choice) => choose_some(choice, item)?,
        }
        Ok(())
    }
}

/// A longer list of globs takes longer to be matched than any list is worth.
const MOST_VALUES: usize = 10_000;

fn flag(item: &Item) -> Result<bool, Vec<Found>> {
    item.as_bool().ok_or_else(|| expected("`true` or `false`", item))
}

fn expected(what: &str, item: &Item) -> Vec<Found> {
    vec![(Problem::new(format!("expects {what}, not {}", noun(item))), item.span())]
}

/// What people call a TOML value.
fn noun(item: &Item) -> &'static str {
    match item.type_name() {
        "string" => "text",
        "integer" => "a number",
        "float" => "a number with a fraction",
        "boolean" => "`true` or `false`",
        "datetime" => "a date",
        "array" => "a list",
        "array of tables" => "a list of tables",
        _ => "a table",
    }
}

fn text(item: &Item, rule: Rule, texts: &mut Vec<Text>) -> Result<String, Vec<Found>> {
    let text = item.as_str().ok_or_else(|| expected("text in quotes", item))?;
    rule.check(text).map_err(|problem| vec![(problem, item.span())])?;
    texts.push(Text { rule, text: text.to_owned(), span: item.span() });
    Ok(text.to_owned())
}

fn list_of_texts(item: &Item, rule: Rule, texts: &mut Vec<Text>) -> Result<Vec<String>, Vec<Found>> {
    let one_will_do = rule == Rule::TagFormat;
    if one_will_do && item.is_str() {
        return text(item, rule, texts).map(|text| vec![text]);
    }
    let what = if one_will_do { "text in quotes, or a list of them" } else { "a list of texts in quotes" };
    let list = item.as_array().ok_or_else(|| expected(what, item))?;
    if list.len() > MOST_VALUES {
        let problem = Problem::new(format!("has {} values, and {MOST_VALUES} are the most", list.len()));
        return Err(vec![(problem.help("one glob can stand for many values"), item.span())]);
    }
    let element = |value: &toml_edit::Value| text(&Item::Value(value.clone()), rule, texts);
    all(list.iter().map(element))
}

fn commands(item: &Item) -> Result<Vec<Vec<String>>, Vec<Found>> {
    let list = item.as_array().ok_or_else(|| with_help(expected("a list of commands", item)))?;
    all(list.iter().map(|value| command(&Item::Value(value.clone()))))
}

fn command(item: &Item) -> Result<Vec<String>, Vec<Found>> {
    let list = item.as_array().ok_or_else(|| with_help(expected("a list of arguments for each command", item)))?;
    if list.is_empty() {
        return Err(vec![(Problem::new("has a command without a program"), item.span())]);
    }
    let argument = |(index, value): (usize, &toml_edit::Value)| {
        let item = Item::Value(value.clone());
        let text = item.as_str().ok_or_else(|| expected("arguments that are texts in quotes", &item))?;
        if text.contains('\0') || (index == 0 && text.is_empty()) {
            return Err(vec![(Problem::new("has an argument that no program can be given"), item.span())]);
        }
        Ok(text.to_owned())
    };
    all(list.iter().enumerate().map(argument))
}

/// A file as it is written: by its path alone where that says all.
fn shown_file(file: &ExtraFile) -> Json {
    match &file.search {
        Some(search) => json!({ "path": file.path, "search": search }),
        None => json!(file.path),
    }
}

fn files(item: &Item, texts: &mut Vec<Text>) -> Result<Vec<ExtraFile>, Vec<Found>> {
    let list = item.as_array().ok_or_else(|| expected("a list of paths, or of tables with a `path`", item))?;
    all(list.iter().map(|value| file(&Item::Value(value.clone()), texts)))
}

fn file(item: &Item, texts: &mut Vec<Text>) -> Result<ExtraFile, Vec<Found>> {
    let Some(table) = item.as_table_like() else {
        return Ok(ExtraFile { path: text(item, Rule::PackagePath, texts)?, search: None });
    };
    let unknown = table.iter().find(|(name, _)| !["path", "search"].contains(name));
    if let Some((name, value)) = unknown {
        let problem = Problem::new(format!("holds `{}`", name.escape_debug()));
        return Err(vec![(problem.help("a file has a `path`, and may have a `search`"), value.span())]);
    }
    let path = table.get("path").ok_or_else(|| {
        vec![(Problem::new("has a file without a `path`").help("write `path = \"README.md\"`"), item.span())]
    })?;
    Ok(ExtraFile { path: text(path, Rule::PackagePath, texts)?, search: searched(table, texts)? })
}

fn searched(table: &dyn TableLike, texts: &mut Vec<Text>) -> Result<Option<String>, Vec<Found>> {
    table.get("search").map(|item| text(item, Rule::Search, texts)).transpose()
}

fn with_help(found: Vec<Found>) -> Vec<Found> {
    let help = "no shell is involved: write `[[\"make\", \"docs\"]]`";
    found.into_iter().map(|(problem, span)| (problem.help(help), span)).collect()
}

/// Every element, or everything that is wrong with any of them.
fn all<T>(elements: impl Iterator<Item = Result<T, Vec<Found>>>) -> Result<Vec<T>, Vec<Found>> {
    let mut read = Vec::new();
    let mut wrong = Vec::new();
    for element in elements {
        match element {
            Ok(value) => read.push(value),
            Err(found) => wrong.extend(found),
        }
    }
    if wrong.is_empty() { Ok(read) } else { Err(wrong) }
}

fn number(item: &Item, range: Range, what: &str) -> Result<u32, Vec<Found>> {
    let whole = if what == "seconds" { "a whole number of seconds" } else { "a whole number" };
    let number = item.as_integer().ok_or_else(|| expected(whole, item))?;
    let Range { least, greatest } = range;
    let legal = u32::try_from(number).ok().filter(|number| (least..=greatest).contains(number));
    let bound = if number < i64::from(least) { format!("at least {least}") } else { format!("at most {greatest}") };
    legal.ok_or_else(|| vec![(Problem::new(format!("must be {bound}, not {number}")), item.span())])
}

fn choose(mut choice: Box<dyn Word + '_>, item: &Item) -> Result<(), Vec<Found>> {
    let words = choice.words();
    let allowed = listed(&words);
    let Some(text) = item.as_str() else {
        return Err(expected(&format!("one of {allowed}"), item));
    };
    if choice.choose(text) {
        return Ok(());
    }
    let problem = Problem::new(format!("cannot be `{}`", text.escape_debug()));
    Err(vec![(problem.help(word_help(text, words)), item.span())])
}

fn word_help(text: &str, words: Vec<&'static str>) -> String {
    let allowed = listed(&words);
    match nearest(text, words) {
        Some(word) => format!("did you mean `{word}`? It is one of {allowed}"),
        None => format!("it is one of {allowed}"),
    }
}

fn choose_some(mut choice: Box<dyn Words + '_>, item: &Item) -> Result<(), Vec<Found>> {
    let allowed = listed(&choice.words());
    let list = item.as_array().ok_or_else(|| expected(&format!("a list of {allowed}"), item))?;
    if list.is_empty() {
        let problem = Problem::new("is a list of nothing").help(format!("it holds one of {allowed}, or several"));
        return Err(vec![(problem, item.span())]);
    }
    choice.clear();
    let element = |value: &toml_edit::Value| {
        let item = Item::Value(value.clone());
        let text = item.as_str().ok_or_else(|| expected("texts in quotes", &item))?;
        choice.add(text).map_err(|problem| vec![(problem, item.span())])
    };
    all(list.iter().map(element)).map(drop)
}
