//! Numbers of things in sentences, for messages that people read.

/// A number of things, in words: `1 package`, `2 packages`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{ending}")
}

/// The verb that goes with a number of things.
pub(crate) fn verb<'a>(number: usize, one: &'a str, several: &'a str) -> &'a str {
    if number == 1 { one } else { several }
}

/// Things by name, each in backticks: `` `a`, `b` ``.
pub(crate) fn quoted<T: std::fmt::Display>(things: &[T]) -> String {
    things.iter().map(|thing| format!("`{thing}`")).collect::<Vec<_>>().join(", ")
}

/// The first few of some things that are said, and how many follow: `a, b, and 3 more`.
pub(crate) fn few(said: impl ExactSizeIterator<Item = String>) -> String {
    const SHOWN: usize = 5;
    let more = said.len().saturating_sub(SHOWN);
    let rest = (more > 0).then(|| format!("and {more} more"));
    said.take(SHOWN).chain(rest).collect::<Vec<_>>().join(", ")
}
