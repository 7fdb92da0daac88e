//! The lines of configuration that say whose tags are whose, ready to paste.

/// More lines than these nobody reads; what is left out is counted in a comment.
const MOST: usize = 12;

/// As many lines as people read.
pub(crate) fn few(lines: &[String]) -> Vec<String> {
    let mut few = lines[..lines.len().min(MOST)].to_vec();
    if lines.len() > MOST {
        few.push(format!("# and {} more such lines, which `releasekit --format json` lists", lines.len() - MOST));
    }
    few
}
