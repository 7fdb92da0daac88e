//! What should be looked at: a message, what to do, lines to paste, and a code, each on lines of their own.

use serde::Serialize;

use super::style::{Meaning, clean};
use super::wrap::wrapped;
use crate::command::settle;

/// Something that should be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Remark {
    /// What it can be looked up by.
    pub(crate) code: Option<&'static str>,
    /// What is the matter.
    pub(crate) message: String,
    /// What to do.
    pub(crate) help: Option<String>,
    /// Lines of configuration that settle it.
    pub(crate) configuration: Vec<String>,
}

impl Remark {
    /// Something that needs no help.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { code: None, message: message.into(), help: None, configuration: Vec::new() }
    }

    /// The remark for people, in lines that fit a terminal.
    pub(crate) fn text(&self, heading: &str, width: Option<usize>) -> String {
        let mut text = paragraph(Meaning::Warning, heading, 0, &self.message, width);
        if let Some(help) = &self.help {
            text.push_str(&paragraph(Meaning::Strong, "help:", 2, help, width));
        }
        text.extend(
            settle::few(&self.configuration).iter().map(|line| format!("        {}\n", Meaning::Good.paint(line))),
        );
        if let Some(code) = self.code {
            text.push_str(&format!("  {} {code}\n", Meaning::Strong.paint("code:")));
        }
        text
    }
}

/// A heading and a text behind it, in lines of at most `width` characters; those after the first are further in.
pub(crate) fn paragraph(meaning: Meaning, heading: &str, indent: usize, text: &str, width: Option<usize>) -> String {
    let words = clean(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let text = wrapped(&words, indent + heading.chars().count() + 1, indent + 2, width);
    let gap = if text.starts_with('\n') { "" } else { " " };
    format!("{}{}{gap}{text}\n", " ".repeat(indent), meaning.paint(heading))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_wrapped_to_the_terminal_and_whole_elsewhere() {
        let remark = Remark {
            code: Some("RK-TEST-SAMPLE"),
            help: Some("write one line, or another".to_owned()),
            configuration: vec!["synchronize = true".to_owned()],
            ..Remark::new("two packages have one tag")
        };
        let plain = |width| anstream::adapter::strip_str(&remark.text("in the way:", width)).to_string();
        assert_eq!(
            plain(None),
            "in the way: two packages have one tag\n  help: write one line, or another\n        synchronize = true\n  \
             code: RK-TEST-SAMPLE\n"
        );
        assert_eq!(
            plain(Some(20)),
            "in the way: two\n  packages have one\n  tag\n  help: write one\n    line, or another\n        synchronize = \
             true\n  code: RK-TEST-SAMPLE\n"
        );
        assert!(plain(Some(1)).contains("\n  packages\n"), "a word that does not fit stands alone");
    }
}
