//! `RECORD`: what a wheel says that it installs, which must be what it holds.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::archive::digest::hex;
use crate::archive::member::{Content, Members};
use crate::archive::path;
use crate::{Error, Result};

/// Signatures of the record, which it need not list.
const SIGNATURES: &[&str] = &["RECORD.jws", "RECORD.p7s"];

/// Checks that the record of the folder `info` lists each file once, with its own digest and size, and nothing else.
///
/// Installers write what the archive holds, but take away what the record lists; so it is compared although two builds
/// may well order it differently. Fails with `Invalid`.
pub(super) fn check(file: &str, info: &str, record: &[u8], members: &Members<'_>) -> Result<()> {
    let own = format!("{info}/RECORD");
    let text = std::str::from_utf8(record).map_err(|_| Error::invalid(file, format!("`{own}` is not UTF-8")))?;
    let mut listed = BTreeSet::new();
    for line in text.lines() {
        let row = row(line).ok_or_else(|| Error::harmful(file, format!("`{own}` has a row that is none: `{line}`")))?;
        if let Some(fault) = path::fault(&row.path) {
            return Err(Error::harmful(file, format!("`{own}` lists `{}`, which {fault}", row.path.escape_default())));
        }
        let content = members.file(&row.path).filter(|content| row.fits(content, row.path == own));
        if content.is_none() || !listed.insert(row.path.clone()) {
            let what = format!("`{own}` lists `{}`, which it does not hold so, or holds once only", row.path);
            return Err(Error::harmful(file, what));
        }
    }
    let signature = |path: &str| path.strip_prefix(info).is_some_and(|rest| SIGNATURES.contains(&&rest[1..]));
    let missing = members.files().find(|(path, _)| !listed.contains(*path) && *path != own && !signature(path));
    missing.map_or(Ok(()), |(path, _)| Err(Error::harmful(file, format!("`{own}` does not list `{path}`"))))
}

struct Row {
    path: String,
    digest: String,
    size: String,
}

impl Row {
    /// Whether it describes that content; of the record itself it says nothing.
    fn fits(&self, content: &Content, is_own: bool) -> bool {
        if is_own {
            return self.digest.is_empty() && self.size.is_empty();
        }
        let digest = self.digest.strip_prefix("sha256=").and_then(|digest| URL_SAFE_NO_PAD.decode(digest).ok());
        let same = digest.is_some_and(|digest| hex(&digest) == content.digest);
        same && (self.size.is_empty() || self.size == content.size.to_string())
    }
}

/// A row of three fields; quotes stand around a whole field or nowhere, since readers differ on others.
fn row(line: &str) -> Option<Row> {
    let (path, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted_field(quoted)?,
        None => {
            let (path, rest) = line.split_once(',')?;
            (path.to_owned(), rest)
        }
    };
    let (digest, size) = rest.split_once(',')?;
    let plain = !rest.contains('"') && (line.starts_with('"') || !path.contains('"')) && !size.contains(',');
    plain.then(|| Row { path, digest: digest.to_owned(), size: size.to_owned() })
}

/// A field in quotes, in which each quote stands twice, and what is behind its comma.
fn quoted_field(quoted: &str) -> Option<(String, &str)> {
    let mut end = 0;
    loop {
        end += quoted.get(end..)?.find('"')?;
        if !quoted[end + 1..].starts_with('"') {
            break;
        }
        end += 2;
    }
    Some((quoted[..end].replace("\"\"", "\""), quoted[end + 1..].strip_prefix(',')?))
}
