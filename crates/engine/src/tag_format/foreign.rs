//! Tags that look like versions and belong to no package.

use std::collections::BTreeMap;

use releasekit_core::model::TagName;

/// Sorts them by shape.
pub(crate) fn foreign(tags: &[TagName], is_ours: impl Fn(&TagName) -> bool) -> BTreeMap<String, Vec<TagName>> {
    let mut shapes: BTreeMap<String, Vec<TagName>> = BTreeMap::new();
    for tag in tags.iter().filter(|tag| !is_ours(tag)) {
        if let Some(shape) = shape(tag.as_str()) {
            shapes.entry(shape).or_default().push(tag.clone());
        }
    }
    shapes
}

/// `genkit-v1.2.3` has the shape `genkit-v{version}`, and `core-v1.2.3.dev0-base7` the shape `core-v{version}-baseN`; a tag
/// in which no version begins has none.
fn shape(tag: &str) -> Option<String> {
    let start = tag
        .char_indices()
        .filter(|(at, c)| c.is_ascii_digit() && !tag[..*at].ends_with(|before: char| before.is_ascii_digit()))
        .map(|(at, _)| at)
        .find(|at| looks_like_version(&tag[*at..]))?;
    let rest = tag[start..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '.');
    Some(format!("{}{{version}}{}", &tag[..start], without_numbers(rest)))
}

fn looks_like_version(text: &str) -> bool {
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let begins = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    let mut numbers = text.splitn(3, '.');
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(first), Some(second), Some(third)) => numeric(first) && numeric(second) && begins(third),
        // `0.65b0` has two numbers and is no other thing for that.
        (Some(first), Some(second), None) => {
            let label = second.trim_matches(|c: char| c.is_ascii_digit());
            numeric(first) && begins(second) && ["a", "b", "rc"].contains(&label) && !second.ends_with(label)
        }
        _ => false,
    }
}

/// Tags that differ in a number alone have one shape.
fn without_numbers(text: &str) -> String {
    let mut shape = String::new();
    for c in text.chars() {
        if !c.is_ascii_digit() {
            shape.push(c);
        } else if !shape.ends_with('N') {
            shape.push('N');
        }
    }
    shape
}
