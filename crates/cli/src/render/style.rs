//! Colours by meaning. Whoever shows the text strips them where they are not wanted; no meaning is carried by colour
//! alone.

use annotate_snippets::normalize_untrusted_str;
use clap::builder::styling::{AnsiColor, Style, Styles};

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Meaning {
    /// Text as such.
    #[default]
    Plain,
    /// What one looks for first.
    Strong,
    /// What one may skip.
    Faint,
    /// What went well, or moves.
    Good,
    /// What should be looked at.
    Warning,
    /// What went wrong.
    Bad,
}

const STYLES: &[(Meaning, Style)] = &[
    (Meaning::Strong, Style::new().bold()),
    (Meaning::Faint, Style::new().dimmed()),
    (Meaning::Good, AnsiColor::Green.on_default()),
    (Meaning::Warning, AnsiColor::Yellow.on_default().bold()),
    (Meaning::Bad, AnsiColor::Red.on_default().bold()),
];

/// The styles of help and usage messages.
pub(crate) const HELP: Styles = Styles::styled()
    .header(Style::new().bold())
    .usage(Style::new().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default().dimmed());

impl Meaning {
    /// The text in the style of this meaning. Control characters of the text are made visible, so that no name and no
    /// commit message can command the terminal.
    pub(crate) fn paint(self, text: &str) -> String {
        let text = clean(text);
        match STYLES.iter().find(|(meaning, _)| *meaning == self) {
            Some((_, style)) if !text.is_empty() => format!("{style}{text}{style:#}"),
            _ => text,
        }
    }
}

/// Text of the repository with its control characters made visible.
pub(crate) fn clean(text: &str) -> String {
    normalize_untrusted_str(text)
}

/// A number of things, in words: `1 package`, `2 packages`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_the_repository_cannot_command_the_terminal() {
        for meaning in [Meaning::Plain, Meaning::Strong] {
            assert!(!meaning.paint("a\u{1b}]0;title\u{7}b").contains("\u{1b}]"));
        }
        assert_eq!(Meaning::Bad.paint(""), "");
    }
}
