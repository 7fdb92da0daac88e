//! How long texts may be. No description says it; GitHub's own words do when a text is refused: 65,536 and 125,000
//! characters. What it calls a character was found to be one of Unicode; counted in UTF-16, of which a character has one unit
//! or two, a text that is admitted is short enough in either sense.

use releasekit_core::forge::{TextLimit, TextUnit};

use crate::error::{Error, Result};

/// Of pull requests and comments.
pub(crate) const REQUEST: TextLimit = TextLimit::new(65_536, TextUnit::Utf16);

/// Of the notes of a release.
pub(crate) const RELEASE: TextLimit = TextLimit::new(125_000, TextUnit::Utf16);

pub(crate) fn request_body(what: &'static str, text: &str) -> Result<()> {
    admitted(REQUEST, what, text)
}

pub(crate) fn release_body(text: &str) -> Result<()> {
    admitted(RELEASE, "the text of the release", text)
}

fn admitted(limit: TextLimit, what: &'static str, text: &str) -> Result<()> {
    if limit.admits(text) {
        return Ok(());
    }
    Err(Error::TooLong { what, length: limit.measure(text), most: limit.most })
}
