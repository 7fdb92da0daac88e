//! What a failure tells its reader: a stable code, the place, and what to do.

use std::error::Error;
use std::fmt;
use std::ops::Range;

use crate::error::ErrorKind;

/// A stable name of one kind of failure, `RK-<AREA>-<WHAT>`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(&'static str);

impl Code {
    /// Names a code. Use [`codes!`](crate::codes), which also documents it.
    pub const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// The code as users type it.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
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
/// ```
/// releasekit_core::codes! {
///     /// A cycle among packages.
///     CYCLE = "RK-DEMO-CYCLE", "packages depend on each other in a circle", "Break the circle at one of its edges.";
/// }
/// assert_eq!(CYCLE.as_str(), "RK-DEMO-CYCLE");
/// assert_eq!(CODES[0].code, CYCLE);
/// ```
#[macro_export]
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $summary:literal, $explanation:literal;)+) => {
        $($(#[$doc])* pub const $name: $crate::Code = $crate::Code::new($code);)+

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
pub trait Diagnostic: Error + Send + Sync {
    /// The stable code.
    fn code(&self) -> Code;

    /// What a caller can do about it.
    fn kind(&self) -> ErrorKind;

    /// One sentence that says what to do next.
    fn help(&self) -> Option<String> {
        None
    }

    /// The places in files that show the cause.
    fn labels(&self) -> Vec<Label> {
        Vec::new()
    }

    /// What a tool printed when it failed, with secrets removed.
    fn output(&self) -> Option<String> {
        None
    }

    /// Independent failures that are reported together; empty for a single one.
    fn parts(&self) -> Vec<&dyn Diagnostic> {
        Vec::new()
    }
}
