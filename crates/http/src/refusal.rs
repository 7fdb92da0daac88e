//! What a server says when it refuses, without secrets.

use releasekit_core::Redactor;
use reqwest::header::{DATE, RETRY_AFTER};

use crate::client::{Reply, text};
use crate::credential::Credentials;
use crate::{Error, Request, time, url};

/// How much of a server's words an error keeps, in characters.
const LONGEST: usize = 500;

/// How many bytes are read for that.
const BYTES: usize = 16 << 10;

/// Makes an error of an answer that is no success.
pub(crate) async fn describe(request: &Request, credentials: &Credentials, mut reply: Reply) -> Error {
    let status = reply.response.status();
    let header = |name| text(reply.response.headers(), name);
    let date = header(DATE).and_then(|date| time::seconds(&date));
    let retry_after = header(RETRY_AFTER).and_then(|value| time::retry_after(&value, date));
    let said = beginning(&mut reply).await;
    let redactor = credentials.redactor().clone().with_url(&request.url);
    let redactor = request.authorization.iter().fold(redactor, Redactor::with);
    let excerpt = excerpt(&redactor.redact(&said));
    Error::Status {
        method: request.method.as_str(),
        url: url::show(&reply.url),
        status: status.as_u16(),
        reason: status.canonical_reason().unwrap_or_default(),
        excerpt,
        retry_after,
        date,
    }
}

/// That it cannot be read to its end changes nothing.
async fn beginning(reply: &mut Reply) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < BYTES
        && let Ok(Some(chunk)) = reply.response.chunk().await
    {
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What an error keeps of a server's words: one line of at most 500 characters, none of them a control character. What
/// is secret is taken out before, for a secret that is cut is not found any more.
pub fn excerpt(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}
