//! Errors and warnings: code, message, place, help, and what a tool said.

use std::error::Error;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use releasekit_core::{Diagnostic, Label};

use super::excerpt::{cut, excerpt};
use super::style::{Meaning, clean};
use super::wrap::wrapped;

/// An error with its parts, each on its own, and a closing line where there are several. Where there is a width, what we say is
/// in lines that fit it.
pub(crate) fn error(error: &dyn Diagnostic, causes: bool, width: Option<usize>) -> String {
    let parts = error.parts();
    if parts.is_empty() {
        return single(error, causes, width);
    }
    let mut text: String = parts.iter().map(|part| self::error(*part, causes, width) + "\n").collect();
    text.push_str(&Renderer::styled().render(&[Level::ERROR.primary_title(error.to_string()).elements(none())]));
    text + "\n"
}

/// A warning.
pub(crate) fn warning(code: Option<&str>, message: &str, help: Option<&str>, width: Option<usize>) -> String {
    let mut title = Level::WARNING.primary_title(self::title(message, room("warning", code, width)));
    if let Some(code) = code {
        title = title.id(code);
    }
    let text = Renderer::styled().render(&[title.elements(none())]) + "\n";
    text + &help.map_or_else(String::new, |help| remark("help", help, width))
}

fn single(error: &dyn Diagnostic, causes: bool, width: Option<usize>) -> String {
    let (labels, code) = (error.labels(), error.code().as_str());
    let heading = Level::ERROR.primary_title(title(&error.to_string(), room("error", Some(code), width))).id(code);
    let mut text = Renderer::styled().render(&[heading.elements(labels.iter().map(place))]) + "\n";
    let whole = labels.iter().filter(|label| label.span.is_none() && !label.message.is_empty());
    text.extend(whole.map(|label| remark("note", &label.message, width)));
    if causes {
        text.extend(chain(error).iter().map(|cause| remark("caused by", cause, width)));
    }
    text.extend(error.help().map(|help| remark("help", &help, width)));
    text.extend(error.output().map(|output| said(&output)));
    text
}

/// The width behind `error[CODE]: `, where every line of a title begins.
fn room(word: &str, code: Option<&str>, width: Option<usize>) -> Option<usize> {
    let code = code.map_or(0, |code| code.len() + "[]".len());
    width.map(|width| width.saturating_sub(word.len() + code + ": ".len()))
}

fn none() -> std::iter::Empty<Element<'static>> {
    std::iter::empty()
}

/// A line of its own, or several.
fn remark(word: &str, text: &str, width: Option<usize>) -> String {
    let text = wrapped(&title(text, None), word.len() + ": ".len(), 2, width);
    let gap = if text.starts_with('\n') { "" } else { " " };
    format!("{}{gap}{text}\n", Meaning::Strong.paint(&format!("{word}:")))
}

/// A message of ours, which may quote a name of somebody else's.
fn title(message: &str, width: Option<usize>) -> String {
    let lines: Vec<String> = message.lines().map(cut).collect();
    wrapped(&clean(&lines.join("\n")), 0, 0, width)
}

/// A place in a file, with the lines that show it where they are known.
fn place(label: &Label) -> Element<'_> {
    match (&label.text, &label.span) {
        (Some(text), Some(span)) => {
            let mark = AnnotationKind::Primary.span(inside(text, span)).label(label.message.as_str());
            Snippet::source(text.as_str()).path(label.path.as_str()).annotation(mark).into()
        }
        _ => Origin::path(label.path.as_str()).into(),
    }
}

/// The span, held inside the text and moved out of the middle of characters.
fn inside(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    start..text.ceil_char_boundary(span.end.clamp(start, text.len()))
}

/// The messages behind an error, without those that repeat the one above.
fn chain(error: &dyn Diagnostic) -> Vec<String> {
    let mut seen = vec![error.to_string()];
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if seen.last() != Some(&text) {
            seen.push(text);
        }
        next = Error::source(cause);
    }
    seen.drain(..1);
    seen
}

/// What a tool printed, set off from what we say.
fn said(output: &str) -> String {
    let bar = Meaning::Faint.paint("  |");
    excerpt(output).iter().map(|line| format!("{bar} {}\n", clean(line))).collect()
}

/// Line and column, from 1, of a byte.
pub(crate) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset.min(text.len()))];
    let line = before.rsplit('\n').next().unwrap_or(before);
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use releasekit_core::{BackendError, Code, ErrorKind};

    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    fn sample() -> BackendError {
        BackendError::new(Code::new("RK-TEST-SAMPLE", ErrorKind::Invalid), "no `x` here")
    }

    #[test]
    fn an_error_shows_code_message_place_help_and_output() {
        let text = "a = 1\nb = 2\n";
        let error = sample()
            .with_label(Label::span("releasekit.toml", text, 6..7, "this one"))
            .with_help("remove it")
            .with_output("line one\nline\u{1b}[2J two\n");
        let expected = "\
error[RK-TEST-SAMPLE]: no `x` here
 --> releasekit.toml:2:1
  |
2 | b = 2
  | ^ this one
help: remove it
  | line one
  | line␛[2J two
";
        assert_eq!(plain(&super::error(&error, false, None)), expected);
    }

    #[test]
    fn several_errors_are_shown_one_after_the_other() {
        let all = BackendError::together(vec![sample(), sample().with_help("look")]).expect("two");
        let expected = "\
error[RK-TEST-SAMPLE]: no `x` here

error[RK-TEST-SAMPLE]: no `x` here
help: look

error: 2 errors
";
        assert_eq!(plain(&error(&all, false, None)), expected);
    }

    #[test]
    fn causes_are_shown_on_request_and_not_twice() {
        let outer = sample().with_source(std::io::Error::other("disk full"));
        assert!(!plain(&error(&outer, false, None)).contains("disk full"));
        assert!(plain(&error(&outer, true, None)).contains("\ncaused by: disk full\n"));
    }

    #[test]
    fn spans_outside_of_the_text_do_not_break_the_report() {
        let error = sample().with_label(Label::span("f", "é", 1..99, "odd"));
        assert!(plain(&super::error(&error, false, None)).contains("f:1:1"));
        assert_eq!(position("é\nab", 4), (2, 2));
        assert_eq!(position("é\nab", 99), (2, 3));
    }

    #[test]
    fn a_warning_may_have_a_code_and_help() {
        assert_eq!(plain(&warning(None, "careful", None, None)), "warning: careful\n");
        let text = plain(&warning(Some("RK-TEST-SAMPLE"), "careful", Some("look"), None));
        assert_eq!(text, "warning[RK-TEST-SAMPLE]: careful\nhelp: look\n");
    }

    #[test]
    fn what_we_say_fits_a_terminal_and_what_is_quoted_stays() {
        let error = sample()
            .with_label(Label::file("releasekit.toml", "it is the one that counts here"))
            .with_help("write one of these lines:\n  synchronize = true # or not\nand commit it")
            .with_output("a line of a tool is as long as it is\n");
        let expected = "\
error[RK-TEST-SAMPLE]: no `x`
                       here
--> releasekit.toml
note: it is the one that
  counts here
help: write one of these
  lines:
  synchronize = true # or not
and commit it
  | a line of a tool is as long as it is
";
        assert_eq!(plain(&super::error(&error, false, Some(30))), expected);
        assert_eq!(
            plain(&warning(None, "careful with this", None, Some(20))),
            "warning: careful\n         with this\n"
        );
    }
}
