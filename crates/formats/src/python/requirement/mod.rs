//! Requirements: read, taken apart, moved, pinned, and normalised so that two spellings of one requirement are equal.
//!
//! Knows PEP 508 and nothing of who requires what.

mod marker;
mod parts;
mod pep508;
mod pin;
mod rewrite;

use pep440_rs::{Operator, VersionSpecifier};
use releasekit_core::model::Requirement;

use crate::python::name;
use crate::{Error, Result};
pub use parts::{Clause, Parts};
pub use pep508::Pep508;

/// Reads a requirement and normalises it: name and extras by PEP 503, extras and clauses sorted and without repetition,
/// versions as PEP 440 spells them, marker in the one form that all markers of its meaning share.
///
/// Zeros at the end of a version stay as written. A marker that compares what cannot be compared is kept as written, with
/// its spaces and quotes made even.
pub fn parse(text: &str) -> Result<Requirement> {
    normalize(text, None)
}

/// Reads a requirement as an extra of a package publishes it, with `extra == "…"` added to its marker. Fails with `Invalid`
/// where either is not legal.
pub fn parse_in_extra(text: &str, extra: &str) -> Result<Requirement> {
    if !name::is_legal(extra) {
        return Err(Error::requirement(text, format!("`{extra}` is not the name of an extra")));
    }
    normalize(text, Some(extra))
}

fn normalize(text: &str, extra: Option<&str>) -> Result<Requirement> {
    let parts = Parts::parse(text)?;
    let required = parts.name().ok_or_else(|| Error::requirement(text, "it names no package"))?;
    let name = name::normalize(required);
    let marker = marker::normalize(text, parts.marker(), extra)?;
    let mut normal = name.clone();
    let mut extras: Vec<_> = parts.extras().into_iter().map(name::normalize).collect();
    extras.sort();
    extras.dedup();
    if !extras.is_empty() {
        normal.push_str(&format!("[{}]", extras.join(",")));
    }
    match parts.url() {
        Some(url) => normal.push_str(&format!(" @ {url}")),
        None => normal.push_str(&clauses(&parts).join(",")),
    }
    if let Some(marker) = marker {
        normal.push_str(&format!(" ; {marker}"));
    }
    Ok(Requirement { name, text: normal })
}

/// The clauses, each in its one spelling, sorted.
fn clauses(parts: &Parts<'_>) -> Vec<String> {
    let mut clauses: Vec<_> = parts.clauses().iter().map(|clause| spelled(&clause.specifier)).collect();
    clauses.sort();
    clauses.dedup();
    clauses
}

fn spelled(clause: &VersionSpecifier) -> String {
    let star = matches!(clause.operator(), Operator::EqualStar | Operator::NotEqualStar);
    format!("{}{}{}", clause.operator(), clause.version(), if star { ".*" } else { "" })
}
