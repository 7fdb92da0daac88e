//! How long texts may be. No description says it; GitHub's own words do when a text is refused.

use releasekit_core::forge::{TextLimit, TextUnit};

use crate::error::{Error, Result};

/// Of pull requests and comments.
pub(crate) const REQUEST: TextLimit = TextLimit::new(65_536, TextUnit::Characters);

/// Of the notes of a release.
pub(crate) const RELEASE: TextLimit = TextLimit::new(125_000, TextUnit::Characters);

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
