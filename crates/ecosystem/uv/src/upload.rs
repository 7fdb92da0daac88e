//! Uploads: one `uv publish` for one file, once.

use std::time::Duration;

use releasekit_core::Result;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::secret::without_login;
use releasekit_process::{Command, Error as ProcessError, Output};

use crate::credentials;
use crate::environment::uploading;
use crate::error::Error;
use crate::reply::{Failure, Printed};
use crate::tool::{command, empty_folder, help};

/// How much longer than the upload may take uv gets to say that it took too long.
const GRACE: Duration = Duration::from_secs(5);

/// Sends one file.
pub(crate) async fn upload(context: &BackendContext, request: &UploadRequest) -> Reply {
    let target = &request.target;
    let command = match prepared(context, request) {
        Ok(command) => command,
        Err(error) => return Reply::Refused(error),
    };
    let (file, shown) = (request.artifact.file_name.clone(), without_login(&target.publish_url));
    let ended = command.run().await;
    if ended.as_ref().is_ok_and(Output::success) {
        return Reply::Accepted;
    }
    let redactor = credentials::with_keyring(credentials::redactor(context, target), context, target).await;
    let failure = Failure { file, target: shown, redactor };
    match ended {
        Ok(output) if output.code.is_some() => {
            failure.classify(Printed { text: &output.stderr_text(), truncated: output.stderr_truncated })
        }
        Ok(output) => failure.unfinished("uv was ended by a signal", &output.stderr_text()),
        Err(ProcessError::TimedOut { stderr, .. }) => failure.unfinished("uv did not finish in time", &stderr),
        Err(error @ ProcessError::NotFound { .. }) => Reply::Refused(help(error)),
        // Most likely it never ran, but what failed may also have been to hear how it ended.
        Err(error) => Reply::Unknown(help(error)),
    }
}

/// URLs go by variables, as credentials do, for they may carry a password.
///
/// uv gets no check URL: `UV_HTTP_RETRIES` counts for its reads as for its uploads (measured: with 3, a 503 of the check
/// URL is passed over, and an upload whose connection breaks is sent four times). So uv sends, and whoever calls looks.
fn prepared(context: &BackendContext, request: &UploadRequest) -> Result<Command> {
    let folder = empty_folder(context)?;
    let seconds = request.timeout.as_secs().max(1).to_string();
    let mut environment = uploading(&context.environment)
        .with("UV_PUBLISH_URL", &request.target.publish_url)
        .with("UV_HTTP_RETRIES", "0")
        .with("UV_HTTP_TIMEOUT", &seconds)
        .with("UV_UPLOAD_HTTP_TIMEOUT", &seconds)
        .with("UV_NO_CACHE", "1");
    let credentials = credentials::variables(&context.environment);
    environment.extend(credentials.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
    let file = std::path::absolute(&request.artifact.path)
        .map_err(|source| Error::Folder { path: request.artifact.path.clone(), source })?;
    let command = command(&folder, environment)
        .args(["publish", "--trusted-publishing", "never", "--"])
        .arg(file)
        .protected()
        .timeout(request.timeout + GRACE);
    Ok(match &request.hold {
        Some(lock) => command.hold(lock.clone()),
        None => command,
    })
}
