//! Lists of globs over names.

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::error::{Error, Result};

/// All of them at once. A glob that cannot be read is an error that names it.
pub(crate) fn globs(patterns: &[String]) -> Result<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(
            Glob::new(pattern).map_err(|error| Error::InvalidGlob { glob: pattern.clone(), why: error.to_string() })?,
        );
    }
    set.build().map_err(|error| Error::InvalidGlob { glob: patterns.join(" "), why: error.to_string() })
}
