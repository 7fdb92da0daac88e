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
        let (mut at, mut start) = (0, None);
        for line in text.split_inclusive('\n') {
            let content = line.trim();
            if content == begin {
                start = Some(at);
            } else if let Some(start) = start.filter(|_| content == end) {
                let behind = at + line.len() - line.trim_start().len() + end.len();
                return Self { before: &text[..start], after: &text[behind..], has_ours: true };
            }
            at += line.len();
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
