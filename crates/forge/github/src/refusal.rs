//! A complete no: which it is, in whose words, and what can be mended.

use std::fmt;

use releasekit_core::forge::codes;
use releasekit_core::{Code, Redactor};
use releasekit_http::{Response, excerpt};
use serde::Deserialize;
use serde_json::Value;

use crate::endpoint::Endpoint;

/// What GitHub says where a maintainer can mend it, in lower case, and how.
const REMEDIES: &[(&str, &str)] = &[
    (
        "not permitted to create or approve pull requests",
        "allow it in the settings of the repository or organization: Actions, General, \"Allow GitHub Actions to create and \
         approve pull requests\"",
    ),
    ("draft pull requests are not supported", "set `draft = false` in `[pull_request]`: this repository has no drafts"),
    (
        "auto merge is not allowed",
        "allow auto-merge in the settings of the repository: General, Pull Requests; or leave `auto_merge` out",
    ),
    ("was archived", "unarchive the repository in its settings"),
    ("immutable release", "release the next patch version: a tag that an immutable release had is never used again"),
    ("tag_name is not well-formed", "correct `tag_format`: GitHub takes no release for such a tag"),
    (
        "pull request author",
        "leave the owner of the token out of `reviewers`: nobody reviews a pull request of their own",
    ),
    ("protected", "let the owner of the token pass the rule, in the settings of the repository: Rules"),
    ("rule violations", "let the owner of the token pass the rule, in the settings of the repository: Rules"),
    ("disabled", "turn it on in the settings of the repository"),
    ("ip allow list", "run it from an address that the organization allows"),
    ("over the limit of", "send less: GitHub bounds what one request may hold"),
];

/// How that is mended of which GitHub says this.
pub(crate) fn remedy(said: &str) -> Option<String> {
    let said = said.to_lowercase();
    let (_, help) = REMEDIES.iter().find(|(words, _)| said.contains(words))?;
    Some((*help).to_owned())
}

/// What GitHub said no to, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    host: String,
    operation: &'static str,
    permission: &'static str,
    is_read: bool,
    status: u16,
    said: String,
    details: Vec<Detail>,
    /// What GitHub's headers say is needed.
    needed: Option<String>,
    /// Where a token is let into an organization that signs in elsewhere.
    sign_on: Option<String>,
}

/// One of the reasons.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
struct Detail {
    field: Option<String>,
    code: Option<String>,
    message: Option<String>,
}

impl Detail {
    fn redacted(self, redactor: &Redactor) -> Self {
        let [field, code, message] =
            [self.field, self.code, self.message].map(|text| text.map(|text| redactor.redact(&text)));
        Self { field, code, message }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    message: String,
    errors: Value,
}

impl Refusal {
    /// Reads an answer that is no success.
    pub(crate) fn of(host: &str, endpoint: &Endpoint, response: &Response, redactor: &Redactor) -> Self {
        let body: Body = serde_json::from_slice(&response.body).unwrap_or_default();
        let details: Vec<Detail> = details(body.errors).into_iter().map(|detail| detail.redacted(redactor)).collect();
        let said = std::iter::once(&body.message).chain(details.iter().filter_map(|detail| detail.message.as_ref()));
        let said = said.filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join("; ");
        let header = |name: &str| response.header(name).map(|value| excerpt(&redactor.redact(value)));
        Self {
            details,
            needed: header("x-accepted-github-permissions").or_else(|| header("x-accepted-oauth-scopes")),
            sign_on: header("x-github-sso"),
            ..Self::without_headers(host, endpoint, (response.status, &said), redactor)
        }
    }

    /// A no of which nothing is known but its status and its words.
    pub(crate) fn without_headers(
        host: &str,
        endpoint: &Endpoint,
        (status, said): (u16, &str),
        redactor: &Redactor,
    ) -> Self {
        Self {
            host: host.to_owned(),
            operation: endpoint.operation,
            permission: endpoint.permission,
            is_read: endpoint.is_read(),
            status,
            said: excerpt(&redactor.redact(said)),
            details: Vec::new(),
            needed: None,
            sign_on: None,
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// Whether GitHub says this, whatever the case.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.said.to_lowercase().contains(&words.to_lowercase())
    }

    /// In its own words.
    pub(crate) fn said(&self) -> &str {
        &self.said
    }

    /// Whether a field is refused with a code, such as `already_exists`.
    pub(crate) fn refuses(&self, field: &str, code: &str) -> bool {
        let is_it = |detail: &Detail| detail.field.as_deref() == Some(field) && detail.code.as_deref() == Some(code);
        self.details.iter().any(is_it)
    }

    /// Writes are refused with 404 to whoever may not make them, and were looked for before.
    pub(crate) fn code(&self) -> Code {
        match self.status {
            401 => codes::TOKEN_REFUSED,
            403 => codes::RIGHT_MISSING,
            404 if !self.is_read => codes::RIGHT_MISSING,
            404 | 410 => codes::NOT_FOUND,
            _ => codes::REFUSED,
        }
    }

    pub(crate) fn help(&self) -> Option<String> {
        if self.status == 401 {
            return Some(format!("make a new token for `{}`, and put it where the old one was", self.host));
        }
        if let Some(url) = self.sign_on.as_deref().and_then(|header| header.split_once("url=")) {
            return Some(format!("let the token into the organization: open {}", url.1));
        }
        remedy(&self.said).or_else(|| (self.code() == codes::RIGHT_MISSING).then(|| self.missing()))
    }

    fn missing(&self) -> String {
        let permission = self.needed.as_deref().filter(|needed| !needed.is_empty()).unwrap_or(self.permission);
        format!("give the token `{permission}` for this repository")
    }

    pub(crate) fn output(&self) -> Option<String> {
        (!self.said.is_empty()).then(|| self.said.clone())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` refuses `{}` with {}", self.host, self.operation, self.status)
    }
}

/// The reasons are a list of objects; on some paths one of texts, or a single text.
fn details(errors: Value) -> Vec<Detail> {
    match errors {
        Value::Array(errors) => errors.into_iter().flat_map(details).collect(),
        Value::String(message) => vec![Detail { message: Some(message), ..Detail::default() }],
        error => serde_json::from_value(error).into_iter().collect(),
    }
}
