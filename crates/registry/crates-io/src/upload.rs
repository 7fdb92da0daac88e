//! Publishing: one request for one file, once.

use std::fs;
use std::io::Cursor;

use releasekit_core::BackendError;
use releasekit_core::event::Event;
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_formats::archive::Limits;
use releasekit_formats::cargo::description;
use releasekit_http::{Method, Request};
use tokio::time::timeout;

use crate::api::Api;
use crate::error::{Error, Write};
use crate::reply::{Asked, Taken};

/// Sends one file.
pub(crate) async fn upload(api: &Api, request: &UploadRequest) -> Reply {
    let asked =
        Asked { registry: request.target.publish_name(), what: Write::Upload(request.artifact.file_name.clone()) };
    let prepared = match timeout(request.timeout, prepare(api, request)).await {
        Ok(Ok(prepared)) => prepared,
        Ok(Err(error)) => return Reply::Refused(error),
        Err(_) => return Reply::Refused(asked.unclear("its index did not answer in time; nothing was sent").into()),
    };
    match timeout(request.timeout, api.client.send(&prepared)).await {
        Ok(Ok(answer)) => match asked.yes(&answer.body) {
            Ok(Taken { warnings }) => {
                warn(api, warnings);
                Reply::Accepted
            }
            Err(error @ Error::Unclear { .. }) => Reply::Unknown(error.into()),
            Err(error) => Reply::Refused(error.into()),
        },
        Ok(Err(error)) => asked.no(error).into_reply(),
        Err(_) => Reply::Unknown(asked.unclear("it did not answer in time").into()),
    }
}

/// The request, up to where it is sent.
async fn prepare(api: &Api, request: &UploadRequest) -> Result<Request, BackendError> {
    let token = api.token()?;
    let body = body(request)?;
    let url = api.url("new").await?;
    Ok(Request::new(Method::Put, url)
        .with_header("accept", "application/json")
        .with_authorization(token)
        .with_body(body))
}

/// The description and the file, each after its length.
fn body(request: &UploadRequest) -> Result<Vec<u8>, Error> {
    let file = request.artifact.file_name.as_str();
    let invalid = |source| Error::InvalidCrate { file: file.to_owned(), source: std::sync::Arc::new(source) };
    let bytes = fs::read(&request.artifact.path)
        .map_err(|source| invalid(releasekit_formats::Error::Unreadable { file: file.to_owned(), source }))?;
    let limits = Limits::for_size(bytes.len() as u64);
    let description =
        description::read(file, Cursor::new(&bytes), limits, &request.target.read_url).map_err(invalid)?;
    let description = serde_json::to_vec(&description).expect("a description has text for keys");
    let mut body = Vec::with_capacity(description.len() + bytes.len() + 8);
    for part in [&description, &bytes] {
        body.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
        body.extend_from_slice(part);
    }
    Ok(body)
}

fn warn(api: &Api, warnings: Vec<String>) {
    for message in warnings {
        api.reporter.report(Event::Warning { code: None, message, help: None });
    }
}
