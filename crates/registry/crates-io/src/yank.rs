//! Yanking, and taking that back.

use std::time::Duration;

use releasekit_core::registry::{Offer, YankRequest};
use releasekit_http::{Method, Request};
use tokio::time::timeout;

use crate::backend::CratesIo;
use crate::error::Error;
use crate::reply::Asked;

/// How long the registry may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Withdraws a version, or offers it again.
pub(crate) async fn yank(registry: &CratesIo, request: &YankRequest) -> Result<(), Error> {
    let (method, path) = match request.offer {
        Offer::Withdrawn => (Method::Delete, "yank"),
        Offer::Offered => (Method::Put, "unyank"),
    };
    let what = format!("to {path} `{}` {}", request.package, request.version);
    let asked = Asked { registry: registry.published_name(), what };
    let token = registry.token()?;
    let lines = registry.published.lines(request.package.as_str()).await?;
    let line = lines.as_ref().map(|lines| lines.find(&request.version)).transpose()?.flatten();
    // Some say yes to what they do not have.
    let line = line.ok_or_else(|| asked.refused(404, "it lists no such version", None))?;
    let url = registry.api(&format!("{}/{}/{path}", line.name, line.vers)).await?;
    let sent = Request::new(method, url).with_header("accept", "application/json").with_authorization(token);
    match timeout(PATIENCE, registry.writer.send(&sent)).await {
        Ok(Ok(answer)) => asked.yes(&answer.body).map(drop),
        Ok(Err(error)) => Err(asked.no(error).into_error()),
        Err(_) => Err(asked.unclear("it did not answer in time")),
    }
}
