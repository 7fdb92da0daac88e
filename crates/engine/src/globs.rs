//! Globs that people write, ready to match.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::error::{Error, Result};

/// One of them, as its builder reads it. Fails with why it is none, or why nothing can match it.
pub(crate) fn compiled(glob: &GlobBuilder<'_>) -> Result<GlobSet, String> {
    // A set says what cannot be matched, where a single glob would panic.
    glob.build().and_then(|glob| GlobSet::new([glob])).map_err(|error| error.kind().to_string())
}

/// The same where an error names it.
pub(crate) fn glob(text: &str, glob: &GlobBuilder<'_>) -> Result<GlobSet> {
    compiled(glob).map_err(|why| Error::InvalidGlob { glob: text.to_owned(), why })
}

/// All of a list over names at once.
pub(crate) fn globs(patterns: &[String]) -> Result<GlobSet> {
    list(patterns, GlobBuilder::new)
}

/// All of a list over paths at once; a wildcard but `**` stops at `/`.
pub(crate) fn path_globs(patterns: &[String]) -> Result<GlobSet> {
    list(patterns, |pattern| {
        let mut glob = GlobBuilder::new(pattern);
        glob.literal_separator(true);
        glob
    })
}

fn list<'a>(patterns: &'a [String], read: impl Fn(&'a str) -> GlobBuilder<'a>) -> Result<GlobSet> {
    let invalid = |glob: String, why: &globset::Error| Error::InvalidGlob { glob, why: why.kind().to_string() };
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(read(pattern).build().map_err(|why| invalid(pattern.clone(), &why))?);
    }
    set.build().map_err(|why| invalid(patterns.join(" "), &why))
}

#[cfg(test)]
mod tests {
    use releasekit_core::Diagnostic;

    use super::*;
    use crate::codes;

    #[test]
    fn what_nothing_can_match_is_refused_as_what_is_no_glob_is() {
        let deep = format!("{}a{}", "{a,".repeat(400), "}".repeat(400));
        for text in [deep.as_str(), "{", "[z-a]"] {
            let one = glob(text, &GlobBuilder::new(text)).unwrap_err();
            let list = globs(&["*".to_owned(), text.to_owned()]).unwrap_err();
            assert_eq!([one.code(), list.code()], [codes::GLOB_INVALID; 2], "{text}");
        }
        let nested = glob("{a,{b,c}}*", GlobBuilder::new("{a,{b,c}}*").case_insensitive(true)).unwrap();
        assert!(nested.is_match("C-1") && !nested.is_match("d"));
    }
}
