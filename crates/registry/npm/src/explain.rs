//! What is behind a refusal of an upload.
//!
//! The public registry says 404 to whoever may not, and 403 and 402 for several things each. So it is asked whose the token is, and
//! whether there is such a package.

use releasekit_core::model::PackageName;
use releasekit_core::{BackendError, Diagnostic, ErrorKind};
use releasekit_formats::npm::name::is_legal;
use releasekit_http::Request;
use serde_json::Value;

use crate::api::Api;
use crate::error::Error;

/// Whose a token is.
enum Identity {
    /// This user's.
    Of(String),
    /// Nobody's that the registry knows.
    Nobody,
}

/// The refusal, or what is behind it, where that can be found out.
pub(crate) async fn explain(api: &Api, package: &PackageName, refused: BackendError) -> BackendError {
    let is_open = matches!(refused.kind(), ErrorKind::Unauthenticated | ErrorKind::Forbidden | ErrorKind::NotFound);
    if !is_open || !is_legal(package.as_str()) {
        return refused;
    }
    match behind(api, package).await {
        Some(found) => with_words_of(found, &refused),
        None => refused,
    }
}

/// `None` where the registry does not say.
async fn behind(api: &Api, package: &PackageName) -> Option<Error> {
    let registry = api.name().to_owned();
    let package_of = package.clone();
    let user = match whoami(api).await? {
        Identity::Of(user) => user,
        Identity::Nobody => return Some(Error::UnknownToken { registry, package: package_of }),
    };
    match api.document(package.as_str()).await {
        Ok(Some(_)) => Some(Error::NotOwner { registry, package: package_of, user }),
        Ok(None) => Some(Error::NoScope { registry, package: package_of, user }),
        Err(_) => None,
    }
}

async fn whoami(api: &Api) -> Option<Identity> {
    let authorization = api.credential().ok()??.authorization();
    let request = Request::get(api.place("-/whoami")).with_authorization(authorization);
    match api.client.send(&request).await {
        Ok(answer) => {
            let answer: Value = serde_json::from_slice(&answer.body).ok()?;
            Some(Identity::Of(answer["username"].as_str()?.to_owned()))
        }
        Err(error) if error.status() == Some(401) => Some(Identity::Nobody),
        Err(_) => None,
    }
}

/// What was found out, with what the registry itself had said.
fn with_words_of(found: Error, refused: &BackendError) -> BackendError {
    let found = BackendError::from(found);
    let words = refused.output().unwrap_or_else(|| refused.to_string());
    found.with_output(words)
}
