//! Our part of the text of a change request, between two marks. What people wrote around it stays, to the byte.

use releasekit_core::forge::marker_line;

/// The text of a change request, as people and we have written it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text<'t> {
    before: &'t str,
    after: &'t str,
    has_ours: bool,
}

/// The line before our part.
pub(super) fn begin() -> String {
    mark("releasekit:begin")
}

/// The line behind our part.
pub(super) fn end() -> String {
    mark("releasekit:end")
}

fn mark(name: &str) -> String {
    marker_line(name).expect("the name has letters and a colon")
}

impl<'t> Text<'t> {
    /// Reads a text. Where a mark is gone there is no part of ours, and all of it is people's.
    pub(super) fn of(text: &'t str) -> Self {
        let (begin, end) = (begin(), end());
        let lines = lines(text);
        let (mut index, mut start) = (0, None);
        while let Some((at, line)) = lines.get(index).copied() {
            if start.is_none()
                && let Some(last) = code(&lines[index..])
            {
                index += last;
            } else if is(line, &begin) {
                start = Some(at);
            } else if let Some(start) = start.filter(|_| is(line, &end)) {
                let behind = at + line.len() - line.trim_start().len() + end.len();
                return Self { before: &text[..start], after: &text[behind..], has_ours: true };
            }
            index += 1;
        }
        Self { before: text, after: "", has_ours: false }
    }

    /// Whether there is a part of ours.
    pub(super) fn has_ours(self) -> bool {
        self.has_ours
    }

    /// The text with this as our part: where ours is, or behind all that people wrote.
    pub(super) fn with(self, ours: &str) -> String {
        [&self.people_before(), &begin(), "\n", ours.trim_matches('\n'), "\n", &end(), self.after].concat()
    }

    fn people_before(self) -> String {
        match self.before.trim_end() {
            _ if self.has_ours => self.before.to_owned(),
            "" => String::new(),
            people => format!("{people}\n\n"),
        }
    }
}

/// The lines of a text, and where they begin.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    let line = |line: &'_ str| {
        at += line.len();
        at - line.len()
    };
    let starts: Vec<usize> = text.split_inclusive('\n').map(line).collect();
    starts.into_iter().zip(text.split_inclusive('\n')).collect()
}

/// Whether a line is a mark and nothing else. What is set in by four columns is code.
fn is(line: &str, mark: &str) -> bool {
    line.trim() == mark && !line.starts_with("    ") && !line.starts_with('\t')
}

/// Where a block of code ends that begins in the first line, as an index.
///
/// One that ends between the two marks is none: people have left it open, and its end is one of the fences in what is ours.
fn code(lines: &[(usize, &str)]) -> Option<usize> {
    let fence = fence(lines.first()?.1)?;
    let closes = |line: &str| line.trim().len() >= fence.len() && line.trim().chars().all(|c| fence.starts_with(c));
    let last = 1 + lines[1..].iter().position(|(_, line)| closes(line))?;
    let holds = |mark: &str| lines[..last].iter().any(|(_, line)| line.trim() == mark);
    (!holds(&begin()) || holds(&end())).then_some(last)
}

/// What a block of code begins with: three backticks or tildes, or more.
fn fence(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|c| "`~".contains(*c))?;
    let (fence, rest) = line.split_at(line.len() - line.trim_start_matches(mark).len());
    (fence.len() > 2 && !(mark == '`' && rest.contains(mark))).then_some(fence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renewed(text: &str) -> String {
        Text::of(text).with("new")
    }

    const OURS: &str = "<!-- releasekit:begin -->\nnew\n<!-- releasekit:end -->";

    #[test]
    fn what_people_wrote_around_ours_stays_to_the_byte() {
        let old = "<!-- releasekit:begin -->\nold\n\n<!-- releasekit:end -->";
        for (before, after) in [("", ""), ("Hello  \n\n", "\nbye\r\n"), ("\r\n> quoted\r\n", "\r\n"), ("a\n", "\n\n\n")]
        {
            let text = format!("{before}{old}{after}");
            assert!(Text::of(&text).has_ours());
            assert_eq!(renewed(&text), format!("{before}{OURS}{after}"));
            assert_eq!(renewed(&renewed(&text)), renewed(&text), "a second time nothing changes");
        }
        let by_hand = "<!-- releasekit:begin -->\r\nold\r\n  <!-- releasekit:end -->  \r\nbye\r\n";
        assert_eq!(renewed(by_hand), format!("{OURS}  \r\nbye\r\n"), "a forge has changed the ends of lines");
    }

    #[test]
    fn marks_that_are_quoted_as_code_are_peoples() {
        let old = "<!-- releasekit:begin -->\nold\n\n```\ncode\n```\n<!-- releasekit:end -->";
        let pair = "<!-- releasekit:begin -->\n<!-- releasekit:end -->";
        let indented = "    <!-- releasekit:begin -->\n    <!-- releasekit:end -->\n\n".to_owned();
        for quoted in [
            format!("Never edit between\n```\n{pair}\n```\n\n"),
            format!("~~~~html\n~~~\n{pair}\n~~~~\r\n"),
            format!("```\nfirst\n```\n```\n{pair}\n```\n"),
            "```text\nfirst\n```\n```a``` b\n".to_owned(),
            indented,
        ] {
            let after = "\n\n```\nmore\n```\n";
            assert_eq!(renewed(&format!("{quoted}{old}{after}")), format!("{quoted}{OURS}{after}"));
            assert!(!Text::of(&quoted).has_ours(), "{quoted}");
        }
        let open = "```\nnever closed\n\n";
        assert_eq!(renewed(&format!("{open}{old}")), format!("{open}{OURS}"), "what is open hides nothing of ours");
    }

    #[test]
    fn where_a_mark_is_gone_ours_goes_behind_what_is_there() {
        assert_eq!(renewed(""), OURS);
        assert_eq!(renewed(" \r\n"), OURS);
        assert_eq!(renewed("Please review.\n"), format!("Please review.\n\n{OURS}"));
        let half = "<!-- releasekit:begin -->\nold\nmine";
        assert_eq!(renewed(half), format!("{half}\n\n{OURS}"));
        assert_eq!(renewed(&renewed(half)), renewed(half), "the whole pair counts");
        let end = "old\n<!-- releasekit:end -->\nmine";
        assert_eq!(renewed(end), format!("{end}\n\n{OURS}"));
        let quoted = format!("> {OURS}");
        assert!(!Text::of("text <!-- releasekit:begin -->\n<!-- releasekit:end -->").has_ours());
        assert_eq!(renewed(&quoted), format!("{quoted}\n\n{OURS}"));
    }
}
