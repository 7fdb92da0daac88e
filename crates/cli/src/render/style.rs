//! Colours by meaning. Whoever shows the text strips them where they are not wanted; no meaning is carried by colour
//! alone.

use std::ops::RangeInclusive;

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

/// Text of the repository with its control characters made visible: both sets of them, those that turn the direction of
/// text, those without a width, and separators of lines. Line breaks stay.
pub(crate) fn clean(text: &str) -> String {
    visible(text, |_| false)
}

/// The same for what is all put together, where our own colours stay as they are.
pub(crate) fn harmless(text: &str) -> String {
    visible(text, is_color)
}

fn visible(text: &str, is_ours: fn(&str) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '\n' => shown.push(c),
            '\t' => shown.push_str("    "),
            '\u{1b}' if is_ours(&text[at..]) => shown.push(c),
            '\0'..'\u{20}' => shown.extend(char::from_u32(PICTURES + u32::from(c))),
            '\u{7f}' => shown.push('␡'),
            c if is_hidden(c) => shown.push_str(&format!("<U+{:04X}>", u32::from(c))),
            c => shown.push(c),
        }
    }
    shown
}

/// Where the pictures of control characters begin.
const PICTURES: u32 = 0x2400;

/// Whether a terminal obeys a character, or shows nothing in its place.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control() || HIDDEN.iter().any(|range| range.contains(&c))
}

/// Characters without a width, those that turn the direction of text, separators of lines, tags.
const HIDDEN: &[RangeInclusive<char>] = &[
    '\u{ad}'..='\u{ad}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{180e}'..='\u{180e}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{feff}'..='\u{feff}',
    '\u{fff9}'..='\u{fffb}',
    '\u{e0000}'..='\u{e007f}',
];

/// Whether a text begins with a sequence that sets a colour, and does nothing else.
fn is_color(text: &str) -> bool {
    let numbers = text.strip_prefix("\u{1b}[").unwrap_or_default();
    let end = numbers.find(|c: char| !(c.is_ascii_digit() || c == ';' || c == ':'));
    end.is_some_and(|end| numbers[end..].starts_with('m')) && text.starts_with("\u{1b}[")
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

    #[test]
    fn what_is_hidden_or_obeyed_becomes_visible() {
        for (text, expected) in [
            ("a\u{9b}31m", "a<U+009B>31m"),
            ("a\rb\u{7f}\u{0}", "a␍b␡␀"),
            (
                "\u{202e}abc\u{2066}\u{200b}\u{feff}\u{2028}\u{e0041}",
                "<U+202E>abc<U+2066><U+200B><U+FEFF><U+2028><U+E0041>",
            ),
            ("é日本 😀\n\tx", "é日本 😀\n    x"),
        ] {
            assert_eq!(clean(text), expected);
            assert_eq!(harmless(text), expected);
        }
    }

    #[test]
    fn only_colours_pass_what_is_put_together() {
        let ours = Meaning::Bad.paint("x");
        assert_eq!(harmless(&ours), ours);
        for text in ["\u{1b}[2J", "\u{1b}]0;title\u{7}", "\u{1b}[31", "\u{1b}", "\u{1b}[?25l", "\u{1b}c"] {
            assert!(!harmless(text).contains('\u{1b}'), "{text:?}");
        }
    }
}
