//! Whether to sign, and whether it was done: git can fail to sign a tag and still exit with 0.

use memchr::memmem;
use releasekit_core::vcs::Sign;

use crate::error::Error;
use crate::repository::Git;

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    /// Commits.
    Commit,
    /// Annotated tags.
    Tag,
}

/// Whether to sign, as asked, or as the user's settings say. What is thrown away is never signed: that could ask somebody
/// for a pass phrase.
pub(crate) async fn wanted(git: &Git, sign: Sign, what: Signed) -> Result<bool, Error> {
    if git.is_scratch() {
        return Ok(false);
    }
    match (sign, what) {
        (Sign::Never, _) => Ok(false),
        (Sign::Require, _) => Ok(true),
        (Sign::Auto, Signed::Commit) => is_set(git, "commit.gpgSign").await,
        (Sign::Auto, Signed::Tag) => {
            Ok(is_set(git, "tag.gpgSign").await? || is_set(git, "tag.forceSignAnnotated").await?)
        }
    }
}

async fn is_set(git: &Git, key: &str) -> Result<bool, Error> {
    let value =
        git.command(["config", "--type=bool", "--default=false", "--get", key]).text("read its settings").await?;
    Ok(value == "true")
}

/// Whether a tag's bytes end in a signature of any of the kinds that git makes.
pub(crate) fn is_signed_tag(tag: &[u8]) -> bool {
    const MARKS: &[&str] = &["PGP SIGNATURE", "PGP MESSAGE", "SSH SIGNATURE", "SIGNED MESSAGE"];
    MARKS.iter().any(|mark| memmem::find(tag, format!("\n-----BEGIN {mark}-----\n").as_bytes()).is_some())
}

/// Makes the failure of a command that had only to sign the error it is.
pub(crate) fn signing_failed(error: Error, what: &str) -> Error {
    match error {
        Error::Failed { output, .. } => Error::Unsigned { what: what.to_owned(), output },
        other => other,
    }
}
