//! Node's range language, read with places.
//!
//! What a comparator admits is [`semver`]'s to say: all of node's have a counterpart there. What is written here is how they
//! are spelled, for node has spellings of its own (`1.x`, `1.2 - 1.4`, `||`, `>= 1`, `v1`), and a library that reads them keeps
//! no places, which whoever moves a range needs.

use std::ops::Range as Span;

use semver::{Comparator, Op, Prerelease, Version, VersionReq};

/// The largest number that node takes.
const LARGEST: u64 = (1 << 53) - 1;

/// A range: its alternatives, of which one has to admit a version.
#[derive(Debug)]
pub(super) struct Range(pub(super) Vec<Alternative>);

/// Clauses that all have to admit a version.
#[derive(Debug)]
pub(super) struct Alternative {
    pub(super) clauses: Vec<Clause>,
    /// Where it stands, without the blanks around it.
    pub(super) span: Span<usize>,
}

/// One comparator as written.
#[derive(Debug)]
pub(super) struct Clause {
    pub(super) admits: Admits,
    /// From operator to version.
    pub(super) span: Span<usize>,
    /// The version, with what stands before its first number.
    pub(super) version: Span<usize>,
}

/// What a clause admits.
#[derive(Debug)]
pub(super) enum Admits {
    /// Any version that is no prerelease.
    Any,
    /// None, as `<*`.
    Nothing,
    /// What the comparator does.
    By(Comparator),
}

impl Range {
    /// Reads a range; `None` where node would not.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut alternatives = Vec::new();
        let mut start = 0;
        for piece in text.split("||") {
            let at = start + piece.len() - piece.trim_start().len();
            let end = at + piece.trim().len();
            alternatives.push(Alternative { clauses: Scanner { text: &text[..end], at }.clauses()?, span: at..end });
            start += piece.len() + 2;
        }
        Some(Self(alternatives))
    }

    /// Whether it admits a version. To node, an alternative that admits anything takes the place of all.
    pub(super) fn matches(&self, version: &Version) -> bool {
        let open = self.0.iter().find(|alternative| alternative.is_open());
        open.map_or_else(|| self.0.iter().any(|it| it.matches(version)), |open| open.matches(version))
    }
}

impl Alternative {
    fn is_open(&self) -> bool {
        self.clauses.iter().all(|clause| matches!(clause.admits, Admits::Any))
    }

    /// Whether all clauses admit a version. A prerelease is admitted only where one of them names the same three numbers.
    pub(super) fn matches(&self, version: &Version) -> bool {
        let is_empty = self.clauses.iter().any(|clause| matches!(clause.admits, Admits::Nothing));
        let comparators = self.clauses.iter().filter_map(Clause::comparator).flat_map(bounds).flatten().collect();
        !is_empty && VersionReq { comparators }.matches(version)
    }
}

impl Clause {
    /// What it compares with, where it does.
    pub(super) fn comparator(&self) -> Option<&Comparator> {
        match &self.admits {
            Admits::By(comparator) => Some(comparator),
            Admits::Any | Admits::Nothing => None,
        }
    }
}

/// What a comparator stands for, in versions with three numbers, as node writes it out; of a number that is too large, nothing.
fn bounds(written: &Comparator) -> [Option<Comparator>; 2] {
    let (minor, patch) = (written.minor.unwrap_or(0), written.patch.unwrap_or(0));
    let last = usize::from(written.minor.is_some()) + usize::from(written.patch.is_some());
    let is_full = last == 2;
    let by = |op, numbers: [u64; 3], pre| {
        let [major, minor, patch] = numbers;
        Some(Comparator { op, major, minor: Some(minor), patch: Some(patch), pre })
    };
    let numbers = [written.major, minor, patch];
    let from = |op| by(op, numbers, written.pre.clone());
    let zero = || Prerelease::new("0").unwrap_or_default();
    let below = |place| by(Op::Less, after(numbers, place), zero());
    let first_that_counts = numbers.iter().position(|number| *number != 0).unwrap_or(2).min(last);
    match written.op {
        Op::Greater if !is_full => [by(Op::GreaterEq, after(numbers, last), Prerelease::EMPTY), None],
        Op::Less if !is_full => [by(Op::Less, numbers, zero()), None],
        Op::LessEq if !is_full => [below(last), None],
        Op::Caret => [from(Op::GreaterEq), below(first_that_counts)],
        Op::Tilde => [from(Op::GreaterEq), below(last.min(1))],
        Op::Wildcard => [from(Op::GreaterEq), below(last)],
        op => [from(op), None],
    }
}

/// The numbers with the one at a place up by one, and zeros behind it. None is larger than [`LARGEST`].
fn after(mut numbers: [u64; 3], place: usize) -> [u64; 3] {
    numbers[place] += 1;
    numbers[place + 1..].fill(0);
    numbers
}

/// A version of which parts may be missing or left open.
struct Partial {
    /// The numbers up to the first that is left open.
    numbers: Vec<u64>,
    pre: Prerelease,
    span: Span<usize>,
    /// Whether more than a `v` stands before the numbers, which node takes only where it writes the version anew.
    is_odd: bool,
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl Scanner<'_> {
    fn clauses(&mut self) -> Option<Vec<Clause>> {
        let mut clauses = Vec::new();
        while self.at < self.text.len() {
            let start = self.at;
            let operator = self.operator();
            let partial = self.partial()?;
            if clauses.is_empty() && operator.is_empty() && self.hyphen() {
                let (from, to) = (partial, self.partial()?);
                let bounds = [clause(">=", from, None), clause("<=", to, None)];
                return bounds.into_iter().collect::<Option<_>>().filter(|_| self.at == self.text.len());
            }
            clauses.push(clause(operator, partial, Some(start))?);
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start().len();
            if blanks == 0 && !rest.is_empty() {
                return None;
            }
            self.at += blanks;
        }
        Some(clauses)
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn operator(&mut self) -> &'static str {
        let known = [">=", "<=", "~>", ">", "<", "=", "^", "~"];
        let found = known.into_iter().find(|operator| self.rest().starts_with(operator)).unwrap_or_default();
        self.at += found.len();
        if found == "~>" { "~" } else { found }
    }

    /// Passes over the hyphen between two versions.
    fn hyphen(&mut self) -> bool {
        let rest = self.rest();
        let behind = rest.trim_start();
        let is_hyphen = behind.len() < rest.len()
            && behind.strip_prefix('-').is_some_and(|after| after.starts_with(char::is_whitespace));
        if is_hyphen {
            self.at += rest.len() - behind.len() + 1;
        }
        is_hyphen
    }

    fn partial(&mut self) -> Option<Partial> {
        let rest = self.rest();
        let start = self.at + rest.len() - rest.trim_start().len();
        let is_blank = |c: char| c.is_whitespace() || matches!(c, 'v' | '=');
        self.at += rest.len() - rest.trim_start_matches(is_blank).len();
        let is_odd = !matches!(&self.text[start..self.at], "" | "v");
        let mut parts = vec![self.part()?];
        while parts.len() < 3 && self.rest().starts_with('.') {
            self.at += 1;
            parts.push(self.part()?);
        }
        let mut pre = Prerelease::EMPTY;
        if parts.len() == 3 {
            if let Some(text) = self.identifiers('-') {
                pre = Prerelease::new(text?).ok()?;
            }
            if let Some(text) = self.identifiers('+') {
                semver::BuildMetadata::new(text?).ok()?;
            }
        }
        let numbers: Vec<u64> = parts.into_iter().map_while(|part| part).collect();
        let pre = if numbers.len() == 3 { pre } else { Prerelease::EMPTY };
        Some(Partial { numbers, pre, span: start..self.at, is_odd })
    }

    /// A number, or that it is left open.
    fn part(&mut self) -> Option<Option<u64>> {
        if self.rest().starts_with(['x', 'X', '*']) {
            self.at += 1;
            return Some(None);
        }
        let rest = self.rest();
        let digits = &rest[..rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len()];
        let is_canonical = digits == "0" || !digits.starts_with('0');
        let number = digits.parse().ok().filter(|number| is_canonical && *number <= LARGEST)?;
        self.at += digits.len();
        Some(Some(number))
    }

    /// What follows a mark; empty identifiers are none, which whoever asked finds.
    fn identifiers(&mut self, mark: char) -> Option<Option<&str>> {
        let behind = self.rest().strip_prefix(mark)?;
        let length =
            behind.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))).unwrap_or(behind.len());
        let start = self.at + 1;
        self.at = start + length;
        Some(Some(&self.text[start..self.at]).filter(|text| !text.is_empty()))
    }
}

/// A clause whose operator, where it has one, stands at `start`; `None` where node does not understand it.
fn clause(operator: &str, partial: Partial, start: Option<usize>) -> Option<Clause> {
    let Partial { numbers, pre, span: version, is_odd } = partial;
    if is_odd && numbers.len() == 3 && !matches!(operator, "^" | "~") {
        return None;
    }
    let span = start.unwrap_or(version.start)..version.end;
    let Some(&major) = numbers.first() else {
        let admits = if matches!(operator, "<" | ">") { Admits::Nothing } else { Admits::Any };
        return Some(Clause { admits, span, version });
    };
    let op = match operator {
        ">=" => Op::GreaterEq,
        "<=" => Op::LessEq,
        ">" => Op::Greater,
        "<" => Op::Less,
        "^" => Op::Caret,
        "~" => Op::Tilde,
        _ if numbers.len() < 3 => Op::Wildcard,
        _ => Op::Exact,
    };
    let comparator = Comparator { op, major, minor: numbers.get(1).copied(), patch: numbers.get(2).copied(), pre };
    Some(Clause { admits: Admits::By(comparator), span, version })
}
