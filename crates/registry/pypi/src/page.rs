//! A project's page of the simple API, in whichever form the server offers it.

use releasekit_core::model::{Digest, DigestAlgorithm, LiveFile};
use releasekit_http::Response;

use crate::error::Error;
use crate::{html, json};

/// What we can read, best first.
pub(crate) const ACCEPT: &str =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/// Reads the files that a page lists.
pub(crate) fn files(response: &Response) -> Result<Vec<LiveFile>, Error> {
    let text = String::from_utf8_lossy(&response.body);
    let read = match media_type(response) {
        "application/vnd.pypi.simple.v1+json" | "application/json" => json::files(&text, &response.url),
        "application/vnd.pypi.simple.v1+html" | "text/html" | "" => html::files(&text, &response.url),
        other => Err(format!("its content type is `{other}`")),
    };
    read.map_err(|reason| Error::InvalidIndex { url: response.url.clone(), reason })
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
