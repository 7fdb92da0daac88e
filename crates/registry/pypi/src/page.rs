//! A project's page of the simple API, in whichever form the server offers it.

use releasekit_core::model::{Digest, DigestAlgorithm, LiveFile};
use releasekit_http::Response;

use crate::error::Error;
use crate::{html, json};

/// What we can read, best first.
pub(crate) const ACCEPT: &str =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/// What a page lists.
#[derive(Debug)]
pub(crate) struct Page {
    url: String,
    files: Vec<LiveFile>,
}

impl Page {
    /// Reads a page.
    pub(crate) fn read(response: &Response) -> Result<Self, Error> {
        Ok(Self { url: response.url.clone(), files: files(response)? })
    }

    /// The files that fit, each once. A file that is listed more than once is the same in each place, as far as can be
    /// told without fetching it: an index that merges several others may list what two of them have, and nobody knows
    /// which of the two an installer takes.
    pub(crate) fn agreed(&self, fits: impl Fn(&LiveFile) -> bool) -> Result<Vec<LiveFile>, Error> {
        let mut agreed: Vec<LiveFile> = Vec::new();
        for file in self.files.iter().filter(|file| fits(file)) {
            match agreed.iter_mut().find(|known| known.file_name == file.file_name) {
                None => agreed.push(file.clone()),
                Some(known) => unite(known, file).map_err(|how| {
                    let (url, file) = (self.url.clone(), file.file_name.clone());
                    Error::Ambiguous { url, file, how }
                })?,
            }
        }
        Ok(agreed)
    }
}

/// Adds what another listing of a file says; fails with how they differ.
fn unite(known: &mut LiveFile, other: &LiveFile) -> Result<(), &'static str> {
    let differs = |digest: &Digest| other.digest(digest.algorithm).is_some_and(|theirs| theirs != digest);
    if known.digests.iter().any(differs) {
        return Err("with different digests");
    }
    if let (Some(ours), Some(theirs)) = (known.size, other.size)
        && ours != theirs
    {
        return Err("with different sizes");
    }
    let shared = known.digests.iter().any(|digest| other.digest(digest.algorithm).is_some());
    if !shared && known.url != other.url {
        return Err("at different places, without a digest that both have");
    }
    for digest in &other.digests {
        if known.digest(digest.algorithm).is_none() {
            known.digests.push(digest.clone());
        }
    }
    known.size = known.size.or(other.size);
    known.yanked |= other.yanked;
    Ok(())
}

/// Reads the files that a page lists.
fn files(response: &Response) -> Result<Vec<LiveFile>, Error> {
    let text = String::from_utf8_lossy(&response.body);
    listed(media_type(response), &text, &response.url)
}

/// Reads the files that the text of a page lists, which was found at `url`; `media_type` says in which form it is.
///
/// Fails with [`Error::InvalidIndex`].
pub fn listed(media_type: &str, text: &str, url: &str) -> Result<Vec<LiveFile>, Error> {
    let read = match media_type {
        "application/vnd.pypi.simple.v1+json" | "application/json" => json::files(text, url),
        "application/vnd.pypi.simple.v1+html" | "text/html" | "" => html::files(text, url),
        other => Err(format!("its content type is `{other}`")),
    };
    read.map_err(|reason| Error::InvalidIndex { url: url.to_owned(), reason })
}

fn media_type(response: &Response) -> &str {
    response.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim()
}

/// Takes a digest by the name that indexes give it; others than ours are passed over.
pub(crate) fn digest(algorithm: &str, value: &str) -> Option<Digest> {
    let value = value.trim().to_ascii_lowercase();
    let (algorithm, length) = match algorithm {
        "sha256" => (DigestAlgorithm::Sha256, 64),
        "sha512" => (DigestAlgorithm::Sha512, 128),
        _ => return None,
    };
    let whole = value.len() == length && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    whole.then_some(Digest { algorithm, value })
}

/// Whether a page of this version of the API can be read: the first number is what counts (PEP 629).
pub(crate) fn check_version(version: &str) -> Result<(), String> {
    match version.split('.').next().unwrap_or_default() {
        "1" => Ok(()),
        _ => Err(format!("it speaks version `{version}` of the API, not version 1")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(url: &str, size: Option<u64>, digests: &[(&str, char)]) -> LiveFile {
        let mut file = LiveFile::new("demo-1.0.tar.gz", url);
        file.size = size;
        let digest = |(algorithm, digit): &(&str, char)| {
            let length = if *algorithm == "sha256" { 64 } else { 128 };
            digest(algorithm, &digit.to_string().repeat(length)).expect("a digest")
        };
        file.digests = digests.iter().map(digest).collect();
        file
    }

    fn agreed(files: &[LiveFile]) -> Result<Vec<LiveFile>, Error> {
        Page { url: "https://index.test/simple/demo/".to_owned(), files: files.to_vec() }.agreed(|_| true)
    }

    #[test]
    fn listings_of_one_file_agree_or_are_an_error() {
        let (one, two) = ("https://a.test/demo-1.0.tar.gz", "https://b.test/demo-1.0.tar.gz");
        let first = listed(one, Some(5), &[("sha256", '1')]);
        let cases = [
            (listed(two, Some(5), &[("sha256", '2')]), "different digests"),
            (listed(one, Some(5), &[("sha256", '2')]), "different digests"),
            (listed(two, Some(6), &[("sha256", '1')]), "different sizes"),
            (listed(two, Some(5), &[]), "without a digest"),
            (listed(two, Some(5), &[("sha512", '1')]), "without a digest"),
        ];
        for (second, expected) in cases {
            for pair in [[first.clone(), second.clone()], [second.clone(), first.clone()]] {
                let error = agreed(&pair).expect_err(expected);
                assert!(error.to_string().contains(expected), "{error}");
                assert!(agreed(&[pair[0].clone(), pair[0].clone(), pair[1].clone()]).is_err());
            }
        }
    }

    #[test]
    fn what_listings_of_one_file_say_is_put_together() {
        let (one, two) = ("https://a.test/demo-1.0.tar.gz", "https://b.test/demo-1.0.tar.gz");
        let bare = listed(one, None, &[]);
        let full = listed(one, Some(5), &[("sha256", '1')]);
        let mirror = listed(two, None, &[("sha512", '2'), ("sha256", '1')]);
        let both = agreed(&[bare, full.clone(), mirror, full]).expect("they agree");
        assert_eq!(both, [listed(one, Some(5), &[("sha256", '1'), ("sha512", '2')])]);
        assert_eq!(agreed(&[]).expect("nothing to disagree about"), []);
    }
}
