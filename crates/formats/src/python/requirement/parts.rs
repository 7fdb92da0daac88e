//! A requirement taken apart into byte ranges, so that it can be changed without touching the rest.

use std::ops::Range;
use std::str::FromStr;

use pep440_rs::VersionSpecifier;

use super::marker;
use crate::{Error, Result};

/// One version clause of a requirement, `>=1.0`, and where it stands.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Clause {
    /// Its bytes, from operator to version.
    pub span: Range<usize>,
    pub(crate) version: Range<usize>,
    pub(crate) specifier: VersionSpecifier,
}

/// A PEP 508 requirement, `name[extras] clauses ; marker` or `name @ url ; marker`, or clauses alone.
#[derive(Debug, Clone)]
pub struct Parts<'a> {
    text: &'a str,
    name: Option<Range<usize>>,
    extras: Vec<Range<usize>>,
    /// Where name and extras end.
    head: usize,
    /// Clauses and the parentheses around them.
    specifier: Option<Range<usize>>,
    clauses: Vec<Clause>,
    url: Option<Range<usize>>,
    marker: Option<Range<usize>>,
}

impl<'a> Parts<'a> {
    /// Takes a requirement apart. Fails with `Invalid` on anything that is neither a requirement nor clauses.
    pub fn parse(text: &'a str) -> Result<Self> {
        let parts = Reader { text, at: 0 }.requirement().map_err(|reason| Error::requirement(text, reason))?;
        if let Some(marker) = parts.marker() {
            marker::check(text, marker)?;
        }
        Ok(parts)
    }

    /// The required package's name as written; `None` where the text is clauses alone.
    pub fn name(&self) -> Option<&'a str> {
        self.name.clone().map(|span| &self.text[span])
    }

    /// The extras as written.
    pub fn extras(&self) -> Vec<&'a str> {
        self.extras.iter().map(|span| &self.text[span.clone()]).collect()
    }

    /// The version clauses.
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// The URL of a direct reference.
    pub fn url(&self) -> Option<&'a str> {
        self.url.clone().map(|span| &self.text[span])
    }

    /// The marker, without its semicolon.
    pub fn marker(&self) -> Option<&'a str> {
        self.marker.clone().map(|span| &self.text[span])
    }

    /// The version clauses. Fails with `Invalid` where a URL stands in their place.
    pub(crate) fn clauses_or_refuse(&self) -> Result<&[Clause]> {
        match self.url {
            Some(_) => Err(Error::RequirementUrl { text: self.text.to_owned() }),
            None => Ok(&self.clauses),
        }
    }

    /// The bytes that hold all clauses, with parentheses and the spaces before them.
    pub(crate) fn specifier_span(&self) -> Option<Range<usize>> {
        self.specifier.clone().map(|span| self.head..span.end)
    }

    /// Where a clause goes when there is none: inside empty parentheses, or after name and extras.
    pub(crate) fn insertion(&self) -> usize {
        self.specifier.as_ref().map_or(self.head, |span| span.start + 1)
    }
}

/// Reads from left to right; a failure is its reason.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

type Read<T> = std::result::Result<T, String>;

fn is_operator(c: char) -> bool {
    matches!(c, '=' | '!' | '~' | '<' | '>')
}

impl<'a> Reader<'a> {
    fn requirement(mut self) -> Read<Parts<'a>> {
        self.spaces();
        let starts_with_clause = self.peek().is_none_or(|c| is_operator(c) || matches!(c, '(' | ';'));
        let name = if starts_with_clause { None } else { Some(self.identifier()?) };
        let mut head = self.at;
        self.spaces();
        let extras = if name.is_some() && self.eat('[') { self.extras()? } else { Vec::new() };
        if !extras.is_empty() || self.text[..self.at].ends_with(']') {
            head = self.at;
        }
        self.spaces();
        let (mut specifier, mut clauses, mut url) = (None, Vec::new(), None);
        match self.peek() {
            Some('@') if name.is_some() => url = Some(self.url()?),
            Some('(') => (specifier, clauses) = self.parenthesised()?,
            Some(c) if is_operator(c) => {
                let start = self.at;
                clauses = self.clauses(|c| c == ';')?;
                specifier = Some(start..self.text[..self.at].trim_end().len());
            }
            _ => {}
        }
        self.spaces();
        let marker = if self.eat(';') { Some(self.marker()?) } else { None };
        match self.peek() {
            Some(c) => Err(format!("unexpected `{c}`")),
            None => Ok(Parts { text: self.text, name, extras, head, specifier, clauses, url, marker }),
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> Range<usize> {
        let start = self.at;
        self.at += self.rest().find(|c| !accept(c)).unwrap_or(self.rest().len());
        start..self.at
    }

    fn spaces(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// A name of a package or an extra: letters and digits, with `.`, `-` and `_` between them.
    fn identifier(&mut self) -> Read<Range<usize>> {
        let span = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        let text = &self.text[span.clone()];
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if edge(text.chars().next()) && edge(text.chars().next_back()) {
            return Ok(span);
        }
        Err(match self.peek() {
            Some(c) if text.is_empty() => format!("expected a name, found `{c}`"),
            _ => format!("`{text}` is not a name"),
        })
    }

    /// The extras after their bracket.
    fn extras(&mut self) -> Read<Vec<Range<usize>>> {
        let mut extras = Vec::new();
        self.spaces();
        if self.eat(']') {
            return Ok(extras);
        }
        loop {
            self.spaces();
            extras.push(self.identifier()?);
            self.spaces();
            if self.eat(']') {
                return Ok(extras);
            }
            if !self.eat(',') {
                return Err("its extras have no closing bracket".to_owned());
            }
        }
    }

    fn url(&mut self) -> Read<Range<usize>> {
        self.eat('@');
        self.spaces();
        let span = self.take_while(|c| !c.is_whitespace());
        if span.is_empty() {
            return Err("its URL is missing".to_owned());
        }
        Ok(span)
    }

    fn marker(&mut self) -> Read<Range<usize>> {
        self.spaces();
        let length = self.rest().trim_end().len();
        if length == 0 {
            return Err("its marker is missing".to_owned());
        }
        let span = self.at..self.at + length;
        self.at = self.text.len();
        Ok(span)
    }

    fn parenthesised(&mut self) -> Read<(Option<Range<usize>>, Vec<Clause>)> {
        let start = self.at;
        self.eat('(');
        self.spaces();
        let clauses = if self.peek() == Some(')') { Vec::new() } else { self.clauses(|c| matches!(c, ')' | ';'))? };
        if !self.eat(')') {
            return Err("its parenthesis is not closed".to_owned());
        }
        Ok((Some(start..self.at), clauses))
    }

    /// Clauses up to a character that ends them; a comma after the last one is legal.
    fn clauses(&mut self, ends: impl Fn(char) -> bool + Copy) -> Read<Vec<Clause>> {
        let mut clauses = Vec::new();
        loop {
            clauses.push(self.clause(ends)?);
            self.spaces();
            if !self.eat(',') {
                return Ok(clauses);
            }
            self.spaces();
            if self.peek().is_none_or(ends) {
                return Ok(clauses);
            }
        }
    }

    fn clause(&mut self, ends: impl Fn(char) -> bool) -> Read<Clause> {
        let operator = self.take_while(is_operator);
        self.spaces();
        let version = self.take_while(|c| !c.is_whitespace() && c != ',' && !ends(c));
        let span = operator.start..version.end;
        let specifier = VersionSpecifier::from_str(&self.text[span.clone()]).map_err(|error| error.to_string())?;
        Ok(Clause { span, version, specifier })
    }
}
