//! The notes of a forge release, as long as the forge takes them. Pure.

use releasekit_core::forge::TextLimit;

/// What one package has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The package and its version.
    pub(super) heading: String,
    /// Its notes; empty where there is nothing to say.
    pub(super) text: String,
    /// Where all of them stand.
    pub(super) place: String,
}

/// The notes of a release, in Markdown: those of its only package, or a list of all with the notes of each below it.
///
/// What is too long is left out whole, the longest first, and says where it stands; what is too long by itself ends at a
/// line.
pub(super) fn body(parts: &[Part], limit: TextLimit) -> String {
    let [only] = parts else { return together(parts, limit) };
    cut(&only.text, &rest_in(&only.place), limit)
}

fn together(parts: &[Part], limit: TextLimit) -> String {
    let list: String = parts.iter().map(|part| format!("- {}\n", part.heading)).collect();
    let full = |part: &Part| format!("\n## {}\n\n{}\n", part.heading, part.text);
    let short = |part: &Part| format!("\n## {}\n\n{}\n", part.heading, rest_in(&part.place));
    let mut sections: Vec<String> =
        parts.iter().map(|part| if part.text.is_empty() { String::new() } else { full(part) }).collect();
    let mut length = limit.measure(&list) + sections.iter().map(|section| limit.measure(section)).sum::<usize>();
    let mut by_length: Vec<usize> = (0..parts.len()).filter(|at| !sections[*at].is_empty()).collect();
    by_length.sort_by_key(|at| std::cmp::Reverse(limit.measure(&sections[*at])));
    for replace in [&short as &dyn Fn(&Part) -> String, &|_: &Part| String::new()] {
        for &at in &by_length {
            if length <= limit.most {
                break;
            }
            let shorter = replace(&parts[at]);
            length = length - limit.measure(&sections[at]) + limit.measure(&shorter);
            sections[at] = shorter;
        }
    }
    cut(&[list, sections.concat()].concat(), "", limit)
}

fn rest_in(place: &str) -> String {
    format!("The notes are longer than a release can be: they stand in {place}.")
}

/// A text that is not too long: as it is, or its first lines and what is said in place of the others.
fn cut(text: &str, instead: &str, limit: TextLimit) -> String {
    let text = text.trim_end();
    if limit.admits(text) {
        return text.to_owned();
    }
    let end = format!("\n\n{instead}");
    let room = limit.most.saturating_sub(limit.measure(&end) + limit.measure("\n```"));
    let mut kept = String::new();
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        length += limit.measure(line);
        if length > room {
            break;
        }
        kept.push_str(line);
    }
    let fence = open_fence(&kept).map(|fence| format!("\n{fence}")).unwrap_or_default();
    let kept = format!("{}{fence}{end}", kept.trim_end());
    if limit.admits(&kept) { kept.trim().to_owned() } else { String::new() }
}

/// The fence of a block of code that a text leaves open: what follows it would be code too.
fn open_fence(text: &str) -> Option<&str> {
    let mut open = None;
    for line in text.lines() {
        let line = line.trim_start();
        let marks = line.len() - line.trim_start_matches('`').len();
        match open {
            None if marks > 2 => open = Some(&line[..marks]),
            Some(fence) if line.trim_end() == fence => open = None,
            _ => {}
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use releasekit_core::forge::TextUnit;

    use super::*;

    fn part(name: &str, text: &str) -> Part {
        let place = format!("`{name}/CHANGELOG.md`");
        Part { heading: format!("{name} 1.0.0"), text: text.to_owned(), place }
    }

    fn limit(most: usize) -> TextLimit {
        TextLimit::new(most, TextUnit::Bytes)
    }

    #[test]
    fn one_package_says_its_notes_and_several_are_listed_first() {
        assert_eq!(body(&[part("a", "- new\n")], limit(100)), "- new");
        assert_eq!(body(&[part("a", "")], limit(100)), "");
        let several = body(&[part("a", "- new"), part("b", "")], limit(100));
        assert_eq!(several, "- a 1.0.0\n- b 1.0.0\n\n## a 1.0.0\n\n- new");
    }

    #[test]
    fn the_longest_notes_are_left_out_first_and_say_where_they_are() {
        let parts = [part("a", "- new"), part("b", &"- long\n".repeat(40)), part("c", "- old")];
        let text = body(&parts, limit(240));
        assert!(text.contains("## a 1.0.0\n\n- new\n") && text.contains("## c 1.0.0\n\n- old"), "{text}");
        assert!(
            text.contains("## b 1.0.0\n\nThe notes are longer than a release can be: they stand in `b/CHANGELOG.md`.")
        );
        assert!(!text.contains("- long") && text.len() <= 240, "{text}");
    }

    #[test]
    fn notes_that_are_too_long_by_themselves_end_at_a_line_and_leave_no_code_open() {
        let text = body(&[part("a", &format!("- one\n\n```rust\n{}```\n", "let x = 1;\n".repeat(50)))], limit(200));
        let expected = "\n```\n\nThe notes are longer than a release can be: they stand in `a/CHANGELOG.md`.";
        assert!(text.ends_with(expected) && text.len() <= 200, "{text}");
        assert_eq!(text.matches("let x").count(), text.matches("let x = 1;\n").count());
    }

    #[test]
    fn no_number_of_packages_and_no_unit_makes_them_longer_than_they_may_be() {
        for unit in [TextUnit::Bytes, TextUnit::Characters, TextUnit::Utf16] {
            for (count, length) in [(0, 0), (1, 200_000), (67, 3_000), (300, 500), (1_000, 90), (9_000, 10)] {
                let parts: Vec<Part> =
                    (0..count).map(|at| part(&format!("p{at}🚀"), &"é🚀\n".repeat(length))).collect();
                for most in [0, 1, 60, 5_000, 125_000] {
                    let limit = TextLimit::new(most, unit);
                    let text = body(&parts, limit);
                    assert!(limit.admits(&text), "{count} packages of {length}: {} of {most}", limit.measure(&text));
                    assert!(
                        most < 5_000 || count == 0 || text.len() > 1_000,
                        "{count} of {length} in {most}: {}",
                        text.len()
                    );
                }
            }
        }
    }
}
