//! The upload API, with the checks and the words of PyPI.

use std::io::Cursor;

use axum::Extension;
use axum::extract::{ConnectInfo, Multipart};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use releasekit_core::VersionScheme;
use releasekit_formats::archive::Limits;
use releasekit_formats::archive::digest::sha256;
use releasekit_formats::python::Pep440;
use releasekit_formats::python::archive::identity;
use releasekit_formats::python::name::{FileName, is_legal, normalize};

use super::form::Form;
use super::index::{Index, State};
use crate::connection::Scissors;
use crate::headers;
use crate::log::Entry;
use crate::protocol::Served;
use crate::upload::{Upload, on_its_own};

/// Why an upload is refused, in PyPI's words.
type Refusal = (StatusCode, String);

/// Takes a file.
pub(super) async fn upload(
    axum::extract::State(index): State,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    Extension(entry): Extension<Entry>,
    headers: HeaderMap,
    multipart: Multipart,
) -> Response {
    on_its_own(async move {
        let number = index.arrives();
        let form = Form::read(multipart).await;
        let upload = index.upload(number, form.file_name(), &entry, scissors);
        upload.answer(|upload| take(&index, &headers, &form, upload)).await
    })
    .await
}

/// Checks an upload and stores what its faults leave of it.
fn take(index: &Served<Index>, headers: &HeaderMap, form: &Form, upload: &Upload) -> Result<(), Refusal> {
    authorise(index, headers)?;
    let Some((file_name, bytes)) = &form.content else {
        return Err(bad("Upload payload does not have a file."));
    };
    if !form.whole && !index.options.own.keeps_partial_uploads {
        return Err(bad("The upload broke off."));
    }
    if form.whole {
        check(form, file_name, bytes)?;
    }
    match upload.kept(bytes) {
        Some(kept) => store(index, file_name, kept, upload),
        None => Ok(()),
    }
}

fn store(index: &Served<Index>, file_name: &str, bytes: Vec<u8>, upload: &Upload) -> Result<(), Refusal> {
    let now = (index.options.clock)();
    let mut store = index.store();
    let described = store.describe(file_name, bytes, now);
    let (project, mut stored) = described.ok_or_else(|| bad(format!("Invalid filename: {file_name:?}.")))?;
    match store.file(&project, file_name) {
        Some(there) if there.sha256 == stored.sha256 => return Ok(()),
        Some(there) => return Err(bad(exists(&there.file_name, &there.sha256))),
        None => {}
    }
    upload.spoil(&mut stored);
    store.put(project, stored).map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
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

fn authorise(index: &Served<Index>, headers: &HeaderMap) -> Result<(), Refusal> {
    let given = headers::text(headers, header::AUTHORIZATION);
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
