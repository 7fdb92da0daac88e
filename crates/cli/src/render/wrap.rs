//! Text in lines that fit a terminal.

/// The text in lines of at most `width` characters, where there is a width. `used` characters stand before it on its first
/// line, and the others begin `indent` further in. A word that does not fit stands alone; lines that are set in, as those are
/// that somebody is to copy, stay as they are.
pub(crate) fn wrapped(text: &str, used: usize, indent: usize, width: Option<usize>) -> String {
    let Some(width) = width else { return text.to_owned() };
    let mut lines = text.lines();
    let mut shown = lines.next().map_or_else(String::new, |first| line(first, (used, indent), width));
    for next in lines {
        shown.push('\n');
        if next.starts_with(' ') {
            shown.push_str(next);
        } else {
            shown.push_str(&line(next, (0, indent), width));
        }
    }
    shown
}

fn line(text: &str, (mut used, indent): (usize, usize), width: usize) -> String {
    let mut shown = String::new();
    for word in text.split_whitespace() {
        let length = word.chars().count();
        let gap = usize::from(!shown.is_empty());
        if used + gap + length > width && used > indent {
            shown.push_str(&format!("\n{}{word}", " ".repeat(indent)));
            used = indent + length;
        } else {
            shown.push_str(if gap > 0 { " " } else { "" });
            shown.push_str(word);
            used += gap + length;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_what_is_to_be_copied_does_not() {
        assert_eq!(wrapped("one two three", 4, 2, Some(12)), "one two\n  three");
        assert_eq!(wrapped("one two three", 4, 2, None), "one two three");
        assert_eq!(wrapped("unbreakable x", 9, 2, Some(10)), "\n  unbreakable\n  x");
        assert_eq!(
            wrapped("write this:\n  a = [\"b\", \"c\"]\nthen go on with it", 0, 0, Some(11)),
            "write this:\n  a = [\"b\", \"c\"]\nthen go on\nwith it"
        );
        assert_eq!(wrapped("", 4, 2, Some(3)), "");
    }
}
