//! Texts with gaps: `<name>` within a line, and `<<name>>` for a whole line, whose indentation every line put there gets.

/// What is put into the gaps, by their names.
pub(super) type Gaps<'a> = &'a [(&'a str, String)];

/// Fills the gaps of a text. A block that is empty leaves no line.
pub(super) fn fill(template: &str, gaps: Gaps<'_>) -> String {
    template.lines().map(|line| self::line(line, gaps)).collect()
}

fn line(line: &str, gaps: Gaps<'_>) -> String {
    let text = line.trim_start();
    let indentation = &line[..line.len() - text.len()];
    if let Some(name) = text.strip_prefix("<<").and_then(|rest| rest.strip_suffix(">>")) {
        let value = gaps.iter().find(|(gap, _)| *gap == name).map_or("", |(_, value)| value.as_str());
        // What is put in may have gaps too.
        return value.lines().map(|line| self::line(&format!("{indentation}{line}"), gaps)).collect();
    }
    let filled = gaps.iter().fold(line.to_owned(), |line, (name, value)| line.replace(&format!("<{name}>"), value));
    filled + "\n"
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn blocks_keep_the_indentation_of_their_gap_and_their_own() {
        let gaps =
            [("steps", "- uses: <tool>\n  with: x\n".to_owned()), ("tool", "t@1".to_owned()), ("none", String::new())];
        let text = fill("a:\n  <<steps>>\n  <<none>>\nb: <tool>\n", &gaps);
        assert_eq!(text, "a:\n  - uses: t@1\n    with: x\nb: t@1\n");
    }
}
