//! Yanking, and taking that back.

use std::time::Duration;

use releasekit_core::registry::{Offer, YankRequest};
use releasekit_http::{Method, Request};
use tokio::time::timeout;

use crate::api::Api;
use crate::error::{Error, Write};
use crate::reply::Asked;

/// How long the registry may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Withdraws a version, or offers it again.
pub(crate) async fn yank(api: &Api, request: &YankRequest) -> Result<(), Error> {
    let (method, path) = match request.offer {
        Offer::Withdrawn => (Method::Delete, "yank"),
        Offer::Offered => (Method::Put, "unyank"),
    };
    let what = Write::Yank(format!("to {path} `{}` {}", request.package, request.version));
    let asked = Asked { registry: api.name(), what };
    let token = api.token()?;
    let lines = api.index.lines(request.package.as_str()).await?;
    let line = lines.as_ref().map(|lines| lines.find(&request.version)).transpose()?.flatten();
    // Some say yes to what they do not have.
    let line = line.ok_or_else(|| asked.refused(404, "it lists no such version", None))?;
    let url = api.url(&format!("{}/{}/{path}", line.name, line.vers)).await?;
    let sent = Request::new(method, url).with_header("accept", "application/json").with_authorization(token);
    match timeout(PATIENCE, api.client.send(&sent)).await {
        Ok(Ok(answer)) => asked.yes(&answer.body).map(drop),
        Ok(Err(error)) => Err(asked.no(error).into_error()),
        Err(_) => Err(asked.unclear("it did not answer in time")),
    }
}
