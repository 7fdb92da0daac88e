//! Environment markers in the one form that all markers of their meaning share.
//!
//! The library panics on some markers and takes for ever on others; neither gets that far.

use pep508_rs::{MarkerTree, MarkerWarningKind};

use crate::python::name;
use crate::{Error, Result};

/// How deep parentheses may go, for the library reads them by recursion.
const MAX_DEPTH: usize = 50;

/// How many comparisons the normal form is made of at most, for its size can double with each.
const MAX_COMPARISONS: usize = 16;

/// A marker that never holds; the one that the library writes does not read as itself.
const NEVER: &str = "python_full_version < '0'";

/// Variables that hold a version.
const VERSIONS: &[&str] = &["python_version", "python_full_version", "implementation_version"];

/// Reads the marker of a requirement, to be sure that it is one.
pub(super) fn check(requirement: &str, marker: &str) -> Result<()> {
    read(requirement, marker).map(drop)
}

/// The normal form of a marker, together with membership in an extra; `None` where it always holds.
pub(super) fn normalize(requirement: &str, marker: Option<&str>, extra: Option<&str>) -> Result<Option<String>> {
    let extra = extra.map(|extra| format!("extra == '{}'", name::normalize(extra)));
    let marker = marker.map(|marker| Ok((marker, read(requirement, marker)?))).transpose()?;
    let mut tree = match marker {
        Some((_, Some(tree))) => tree,
        Some((marker, None)) => {
            let marker = even(marker);
            return Ok(Some(extra.map_or_else(|| marker.clone(), |extra| format!("({marker}) and {extra}"))));
        }
        None => MarkerTree::TRUE,
    };
    if let Some(extra) = extra.and_then(|extra| read(requirement, &extra).transpose()) {
        tree.and(extra?);
    }
    if tree.is_false() {
        return Ok(Some(NEVER.to_owned()));
    }
    Ok(tree.try_to_string())
}

/// The marker's tree; `None` where the library would leave something out, or where it is too large.
fn read(requirement: &str, marker: &str) -> Result<Option<MarkerTree>> {
    let refused = |reason: &str| Error::requirement(requirement, reason);
    if !marker.is_ascii() {
        return Err(refused("its marker goes beyond ASCII"));
    }
    let tokens = tokens(marker).ok_or_else(|| refused("a quote in its marker is not closed"))?;
    if depth(&tokens) > MAX_DEPTH {
        return Err(refused("its marker is nested too deeply"));
    }
    let misplaced = |(index, token): (usize, &&str)| {
        *token == "~=" && !index.checked_sub(1).is_some_and(|before| VERSIONS.contains(&tokens[before]))
    };
    if tokens.iter().enumerate().any(misplaced) {
        return Err(refused("`~=` in its marker does not follow a version"));
    }
    if tokens.iter().filter(|token| is_comparison(token)).count() > MAX_COMPARISONS {
        return Ok(None);
    }
    let mut doubtful = names_more(&tokens);
    let mut report = |_: MarkerWarningKind, _: String| doubtful = true;
    let tree = MarkerTree::parse_reporter(marker, &mut report).map_err(|error| refused(&error.message.to_string()))?;
    Ok((!doubtful).then_some(tree))
}

/// How deep parentheses go.
fn depth(tokens: &[&str]) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for token in tokens {
        match *token {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Whether a version is compared with one that has more than numbers, of which the library keeps the numbers alone.
fn names_more(tokens: &[&str]) -> bool {
    let is_plain = |c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '.' | '*' | '\'' | '"');
    let has_more = |text: &str| text.starts_with(['\'', '"']) && !text.chars().all(is_plain);
    // `not in` is one operator; without its `not` every comparison is three tokens.
    let tokens: Vec<_> = tokens.iter().copied().filter(|token| *token != "not").collect();
    tokens.windows(3).any(|triple| match triple {
        [left, operator, right] if is_comparison(operator) => {
            (VERSIONS.contains(left) && has_more(right)) || (VERSIONS.contains(right) && has_more(left))
        }
        _ => false,
    })
}

fn is_comparison(token: &str) -> bool {
    token.starts_with(['=', '<', '>', '!', '~']) || token == "in"
}

/// Words, operators, parentheses and quoted strings; `None` where a quote is not closed.
fn tokens(marker: &str) -> Option<Vec<&str>> {
    let mut tokens = Vec::new();
    let mut rest = marker.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_operator = |c: char| matches!(c, '=' | '<' | '>' | '!' | '~');
        let is_word = |c: char| !c.is_whitespace() && !is_operator(c) && !matches!(c, '(' | ')' | '\'' | '"');
        let length = match first {
            '\'' | '"' => rest[1..].find(first)? + 2,
            '(' | ')' => 1,
            c if is_operator(c) => rest.find(|c| !is_operator(c)).unwrap_or(rest.len()),
            _ => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after.trim_start();
    }
    Some(tokens)
}

/// The marker as written, with one space for many and one kind of quote.
fn even(marker: &str) -> String {
    let mut even = tokens(marker).unwrap_or_default().join(" ").replace("( ", "(").replace(" )", ")");
    if !even.contains('"') {
        even = even.replace('\'', "\"");
    }
    even
}
