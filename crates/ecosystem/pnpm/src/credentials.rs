//! What an upload authenticates with: the user's own login for exactly one registry.
//!
//! Settings of the repository are never asked, for they could have any variable sent to any registry.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use releasekit_core::Environment;
use releasekit_core::environment::is_credential;
use releasekit_core::model::Target;
use releasekit_formats::npm::credential::{self, Credential};
use releasekit_formats::npm::npmrc::Npmrc;

use crate::error::Error;

/// The variables with which npm uploads.
pub(crate) const NAMES: &[&str] = &credential::VARIABLES;

/// What the user's own settings say. Fails where they cannot be read.
pub(crate) fn read(environment: &Environment) -> Result<Npmrc, Error> {
    let read = |path: PathBuf| match fs::read_to_string(&path) {
        Ok(text) => Ok(Npmrc::parse(&text)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Npmrc::default()),
        Err(source) => Err(Error::Folder { path, source }),
    };
    credential::files(environment).try_fold(Npmrc::default(), |known, path| Ok(known.outranked_by(read(path)?)))
}

/// Who publishes to a registry; `None` where nobody is named.
pub(crate) fn find(environment: &Environment, target: &Target) -> Result<Option<Credential>, Error> {
    Ok(credential::find(environment, &read(environment)?, &target.publish_url))
}

/// Who reads from a registry, where the user's own settings say it without any variable that may upload; `None` where nobody does.
pub(crate) fn reading(environment: &Environment, settings: &Npmrc, registry: &str) -> Option<Credential> {
    credential::find(&environment.filtered(|name| !is_credential(name)), settings, registry)
}
