//! The upload API, with the checks and the words of PyPI.

use std::io::Cursor;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{ConnectInfo, Multipart, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use releasekit_core::VersionScheme;
use releasekit_formats::archive::Limits;
use releasekit_formats::archive::digest::sha256;
use releasekit_formats::python::Pep440;
use releasekit_formats::python::archive::identity;
use releasekit_formats::python::name::{FileName, is_legal, normalize};

use super::fault::Fault;
use super::form::Form;
use super::log::Entry;
use super::refusal::{code, cut, status};
use super::server::{Index, number};
use super::store::{Hidden, Stored};
use crate::connection::Scissors;

/// Why an upload is refused, in PyPI's words.
type Refusal = (StatusCode, String);

/// Everything about one upload.
struct Upload {
    index: Arc<Index>,
    headers: HeaderMap,
    scissors: Scissors,
    form: Form,
    faults: Vec<Fault>,
}

/// Takes a file. It runs on a task of its own, so that what has arrived of a broken upload is still seen.
pub(super) async fn upload(
    State(index): State<Arc<Index>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    Extension(entry): Extension<Entry>,
    headers: HeaderMap,
    multipart: Multipart,
) -> Response {
    let task = tokio::spawn(async move {
        let number = number(&index);
        let form = Form::read(multipart).await;
        entry.file(form.file_name());
        let faults = index.faults.of_upload(number, form.file_name());
        Upload { index, headers, scissors, form, faults }.answer().await
    });
    task.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

impl Upload {
    async fn answer(self) -> Response {
        for fault in &self.faults {
            match fault {
                Fault::Delay(time) => tokio::time::sleep(*time).await,
                Fault::Status(_) | Fault::RateLimit(_) => return status(fault),
                Fault::Reset => return cut(&self.scissors),
                Fault::Redirect(url) => {
                    return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, url)]).into_response();
                }
                _ => {}
            }
        }
        let long = self.faults.iter().find_map(|fault| match fault {
            Fault::LongReply(status, length) => Some((*status, *length)),
            _ => None,
        });
        match (self.take(), long) {
            (Ok(()), Some((status, length))) => (code(status), "A".repeat(length)).into_response(),
            (taken, _) => self.reply(taken),
        }
    }

    fn reply(&self, taken: Result<(), Refusal>) -> Response {
        match taken {
            Ok(()) if self.has(|fault| matches!(fault, Fault::LoseReply | Fault::StoreHalf)) => cut(&self.scissors),
            Ok(()) => StatusCode::OK.into_response(),
            Err(refusal) => refusal.into_response(),
        }
    }

    fn has(&self, fits: impl Fn(&Fault) -> bool) -> bool {
        self.faults.iter().any(fits)
    }

    /// Checks the upload and stores it.
    fn take(&self) -> Result<(), Refusal> {
        authorise(&self.index, &self.headers)?;
        let Some((file_name, bytes)) = &self.form.content else {
            return Err(bad("Upload payload does not have a file."));
        };
        let partial = !self.form.whole;
        if partial && !self.index.options.keeps_partial_uploads {
            return Err(bad("The upload broke off."));
        }
        if !partial {
            check(&self.form, file_name, bytes)?;
        }
        let half = self.has(|fault| *fault == Fault::StoreHalf);
        let mut bytes = if half { bytes[..bytes.len() / 2].to_vec() } else { bytes.clone() };
        for fault in &self.faults {
            if let Fault::Append(more) = fault {
                bytes.extend_from_slice(more);
            }
        }
        if self.has(|fault| *fault == Fault::Drop) {
            return Ok(());
        }
        self.store(file_name, bytes)
    }

    fn store(&self, file_name: &str, bytes: Vec<u8>) -> Result<(), Refusal> {
        let now = (self.index.options.clock)();
        let stored = Stored::new(file_name, bytes, now);
        let (project, mut stored) = stored.ok_or_else(|| bad(format!("Invalid filename: {file_name:?}.")))?;
        let mut store = self.index.store();
        match store.file(&project, file_name) {
            Some(there) if there.sha256 == stored.sha256 => return Ok(()),
            Some(there) => return Err(bad(exists(&there.file_name, &there.sha256))),
            None => {}
        }
        for fault in &self.faults {
            match fault {
                Fault::HideForReads(reads) => stored.hidden = Hidden::Reads(*reads),
                Fault::HideFor(time) => stored.hide(*time),
                Fault::ListDigest(digest) => stored.listed_sha256.clone_from(digest),
                Fault::ListAgain(digest) => stored.listed_again = Some(digest.clone()),
                _ => {}
            }
        }
        store.put(project, stored).map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
    }
}

fn bad(why: impl Into<String>) -> Refusal {
    (StatusCode::BAD_REQUEST, why.into())
}

fn exists(file_name: &str, sha256: &str) -> String {
    format!(
        "File already exists ('{file_name}', with sha256 hash '{sha256}'). \
         See https://pypi.org/help/#file-name-reuse for more information."
    )
}

fn authorise(index: &Index, headers: &HeaderMap) -> Result<(), Refusal> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| STANDARD.decode(value.strip_prefix("Basic ")?).ok());
    let known = |(user, password): &(String, releasekit_core::Secret)| {
        given.as_deref() == Some(format!("{user}:{}", password.expose()).as_bytes())
    };
    if index.options.logins.is_empty() || index.options.logins.iter().any(known) {
        return Ok(());
    }
    let help = "See https://pypi.org/help/#invalid-auth for more information.";
    Err((StatusCode::FORBIDDEN, format!("Invalid or non-existent authentication information. {help}")))
}

/// Whether the file is what the form says, and can be one at all.
fn check(form: &Form, file_name: &str, bytes: &[u8]) -> Result<(), Refusal> {
    let invalid = |field: &str, value: &str| bad(format!("{value:?} is an invalid value for {field}."));
    let field = |name: &str| form.field(name).ok_or_else(|| bad(format!("{name} is a required field.")));
    if field(":action")? != "file_upload" {
        return Err(bad(format!("Unknown action: {:?}.", form.field(":action").unwrap_or_default())));
    }
    if form.field("protocol_version").is_some_and(|version| version != "1") {
        return Err(bad("Unknown protocol version."));
    }
    let (name, version) = (field("name")?, field("version")?);
    if !is_legal(name) {
        return Err(invalid("Name", name));
    }
    let parsed = Pep440.parse(version).map_err(|_| invalid("Version", version))?;
    let named = FileName::parse(file_name, Some(name)).ok().flatten();
    let named = named.ok_or_else(|| bad(format!("Invalid filename: {file_name:?}.")))?;
    if named.name() != normalize(name) {
        return Err(bad(format!("Start filename for {name:?} with {:?}.", normalize(name).replace('-', "_"))));
    }
    if !Pep440.compare(named.version(), &parsed).is_eq() {
        return Err(bad(format!("Version in filename should be {version:?} not {:?}.", named.version().as_str())));
    }
    let kind = if matches!(named, FileName::Wheel(_)) { "bdist_wheel" } else { "sdist" };
    if field("filetype")? != kind {
        return Err(bad(format!("Invalid distribution file. The file type should be {kind:?}.")));
    }
    if form.field("sha256_digest").is_some_and(|digest| !digest.eq_ignore_ascii_case(&sha256(bytes))) {
        return Err(bad("The digest supplied does not match a digest calculated from the uploaded file."));
    }
    let read = identity::read(file_name, Cursor::new(bytes), Limits::for_size(bytes.len() as u64));
    read.map(drop).map_err(|error| bad(format!("Invalid distribution file. {error}")))
}
