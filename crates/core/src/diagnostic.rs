//! What a failure tells its reader: a stable code, the place, and what to do.

use std::cmp::Ordering;
use std::error::Error;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::time::Duration;

use crate::error::ErrorKind;

/// A stable name of one way to fail, `RK-<AREA>-<WHAT>`, with what is always true of it. Codes are compared by their name.
#[derive(Clone, Copy)]
pub struct Code {
    text: &'static str,
    kind: ErrorKind,
    help: Option<&'static str>,
}

impl Code {
    /// Names a code. Use [`codes!`](crate::codes), which also documents it.
    pub const fn new(text: &'static str, kind: ErrorKind) -> Self {
        Self { text, kind, help: None }
    }

    /// Says what to do next, whatever the values of a failure are.
    #[must_use]
    pub const fn with_help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }

    /// The code as users type it.
    pub const fn as_str(self) -> &'static str {
        self.text
    }

    /// What a caller can do about failures of this code, where the failure itself says nothing else.
    pub const fn kind(self) -> ErrorKind {
        self.kind
    }

    /// What to do next, where the failure itself says nothing else.
    pub const fn help(self) -> Option<&'static str> {
        self.help
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Code {}

impl Hash for Code {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(other.text)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// What `releasekit explain CODE` says of a code.
#[derive(Debug, Clone, Copy)]
pub struct CodeInfo {
    /// The code.
    pub code: Code,
    /// One line, as a heading.
    pub summary: &'static str,
    /// When it happens and what helps, in a few sentences.
    pub explanation: &'static str,
}

/// Declares the codes of a crate: a constant for each, and `CODES`, the table that `explain` and the reference read.
///
/// A row gives the code, the [`ErrorKind`], the summary and the explanation of a way to fail, and may end with the help
/// that each failure of the code has. An error's variant adds the message, and what depends on its values.
///
/// ```
/// use releasekit_core::ErrorKind;
///
/// releasekit_core::codes! {
///     CYCLE = "RK-DEMO-CYCLE", Invalid, "packages depend on each other in a circle", "No order fits them.",
///         help: "remove one of the dependencies";
///     LOST = "RK-DEMO-LOST", NotFound, "a file is gone", "Somebody deleted it.";
/// }
/// assert_eq!((CYCLE.as_str(), CYCLE.kind()), ("RK-DEMO-CYCLE", ErrorKind::Invalid));
/// assert_eq!((CYCLE.help(), LOST.help()), (Some("remove one of the dependencies"), None));
/// assert_eq!(CODES[0].code, CYCLE);
/// ```
#[macro_export]
macro_rules! codes {
    ($($name:ident = $code:literal, $kind:ident, $summary:literal, $explanation:literal $(, help: $help:literal)?;)+) => {
        $(
            #[doc = concat!("`", $code, "`: ", $summary, ".")]
            pub const $name: $crate::Code = $crate::Code::new($code, $crate::ErrorKind::$kind)$(.with_help($help))?;
        )+

        /// Every code of this crate, with its explanation.
        pub const CODES: &[$crate::CodeInfo] = &[
            $($crate::CodeInfo { code: $name, summary: $summary, explanation: $explanation },)+
        ];
    };
}

/// A place in a file that a failure points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The file as the user would name it, from the repository root where it lies inside.
    pub path: String,
    /// The text of the file, where the span points into it.
    pub text: Option<String>,
    /// Bytes of `text`.
    pub span: Option<Range<usize>>,
    /// What is to be seen there.
    pub message: String,
}

impl Label {
    /// Points at a file as a whole.
    pub fn file(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), text: None, span: None, message: message.into() }
    }

    /// Points at bytes of a file.
    pub fn span(
        path: impl Into<String>,
        text: impl Into<String>,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        Self { path: path.into(), text: Some(text.into()), span: Some(span), message: message.into() }
    }
}

/// An error that knows its code, its kind, its place and its remedy.
///
/// Kind and help follow from the code. An error says them itself where failures of one code differ in them, or where they
/// depend on its values.
pub trait Diagnostic: Error + Send + Sync {
    /// The stable code.
    fn code(&self) -> Code;

    /// The error that this one carries on, and whose kind, help, output and delay are its own.
    fn inner(&self) -> Option<&dyn Diagnostic> {
        None
    }

    /// What a caller can do about it.
    fn kind(&self) -> ErrorKind {
        self.inner().map_or_else(|| self.code().kind(), Diagnostic::kind)
    }

    /// What to do next, where that depends on this error's values; else the code's help counts.
    fn specific_help(&self) -> Option<String> {
        None
    }

    /// One sentence that says what to do next.
    fn help(&self) -> Option<String> {
        let general = || self.code().help().map(str::to_owned);
        self.specific_help().or_else(|| self.inner().map_or_else(general, Diagnostic::help))
    }

    /// The places in files that show the cause.
    fn labels(&self) -> Vec<Label> {
        Vec::new()
    }

    /// What a tool printed when it failed, with secrets removed.
    fn output(&self) -> Option<String> {
        self.inner().and_then(Diagnostic::output)
    }

    /// The delay that a server asked for before the next try.
    fn retry_after(&self) -> Option<Duration> {
        self.inner().and_then(Diagnostic::retry_after)
    }

    /// Independent failures that are reported together; empty for a single one.
    fn parts(&self) -> Vec<&dyn Diagnostic> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GONE: Code = Code::new("RK-TEST-GONE", ErrorKind::NotFound).with_help("look elsewhere");
    const OTHER: Code = Code::new("RK-TEST-OTHER", ErrorKind::Invalid);

    /// Carries another error on, or says something of its own.
    #[derive(Debug, thiserror::Error)]
    #[error("failed")]
    struct Failed(Code, Option<Box<Failed>>, Option<&'static str>);

    impl Diagnostic for Failed {
        fn code(&self) -> Code {
            self.0
        }

        fn inner(&self) -> Option<&dyn Diagnostic> {
            self.1.as_deref().map(|inner| inner as &dyn Diagnostic)
        }

        fn specific_help(&self) -> Option<String> {
            self.2.map(str::to_owned)
        }
    }

    fn said(error: &Failed) -> (ErrorKind, Option<String>) {
        (error.kind(), error.help())
    }

    #[test]
    fn kind_and_help_come_from_the_code_unless_the_error_says_its_own() {
        let gone = |own| Failed(GONE, None, own);
        assert_eq!(said(&gone(None)), (ErrorKind::NotFound, Some("look elsewhere".to_owned())));
        assert_eq!(said(&gone(Some("ask"))), (ErrorKind::NotFound, Some("ask".to_owned())));
        assert_eq!(said(&Failed(OTHER, None, None)), (ErrorKind::Invalid, None));
    }

    #[test]
    fn an_error_that_carries_another_on_has_its_kind_and_help() {
        let around = |own| Failed(OTHER, Some(Box::new(Failed(GONE, None, Some("ask")))), own);
        assert_eq!(said(&around(None)), (ErrorKind::NotFound, Some("ask".to_owned())));
        assert_eq!(said(&around(Some("wait"))), (ErrorKind::NotFound, Some("wait".to_owned())));
    }

    #[test]
    fn codes_are_one_by_their_name() {
        assert_eq!(GONE, Code::new("RK-TEST-GONE", ErrorKind::Conflict));
        assert!(GONE < OTHER);
    }
}
