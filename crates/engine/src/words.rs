//! Things in sentences, by number and by name, for messages that people read.

pub(crate) use releasekit_core::words::{count, verb};

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
