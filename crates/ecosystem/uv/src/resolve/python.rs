//! The version of Python to resolve for.

/// The lowest version that all of these admit, as far as their lower bounds say; `None` where none has one.
///
/// Upper bounds do not count, for uv passes over them as well.
pub(super) fn least<'a>(requires: impl Iterator<Item = &'a str>) -> Option<String> {
    let bounds = requires.flat_map(|text| text.split(',')).filter_map(lower_bound);
    let least = bounds.max()?;
    let parts: Vec<String> = least.iter().map(ToString::to_string).collect();
    Some(parts.join("."))
}

/// What one clause of `requires-python` says of the least version: major, minor and maybe more.
fn lower_bound(clause: &str) -> Option<Vec<u32>> {
    let clause = clause.trim();
    let operator = [">=", "~=", "===", "==", ">"].into_iter().find(|operator| clause.starts_with(operator))?;
    let version = clause[operator.len()..].trim().trim_end_matches(".*");
    let mut parts: Vec<u32> = version.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    parts.resize(parts.len().max(2), 0);
    if operator == ">" {
        // `>3.8` admits 3.8.1 and not 3.8, and `--python-version 3.8` is the latter.
        *parts.last_mut()? += 1;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_of_the_lower_bounds_is_the_least_version() {
        let cases: &[(&[&str], Option<&str>)] = &[
            (&[], None),
            (&["<4", "!=3.9.*", "", ">=3.9rc1", "nonsense"], None),
            (&[">=3.9"], Some("3.9")),
            (&[">= 3.9, <3.13", ">=3.10.2", ">=3.8"], Some("3.10.2")),
            (&["~=3.11"], Some("3.11")),
            (&["==3.12.*"], Some("3.12")),
            (&["===3.12.1"], Some("3.12.1")),
            (&[">3.8", ">=3.8.5"], Some("3.9")),
            (&[">=3"], Some("3.0")),
            (&[">3"], Some("3.1")),
            (&[">=3.9", ">=3.10"], Some("3.10")),
        ];
        for (requires, expected) in cases {
            assert_eq!(least(requires.iter().copied()).as_deref(), *expected, "{requires:?}");
        }
    }
}
