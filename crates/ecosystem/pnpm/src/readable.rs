//! Whether installers could read a package once it is published, by what its tarball and the user's settings say.

use releasekit_core::Result;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::{Artifact, Target};
use releasekit_core::secret::without_login;
use releasekit_formats::npm::credential::key;

use crate::config::PUBLIC;
use crate::error::Error;
use crate::{credentials, tarball};

/// Fails where npm's own registry would show a package to its owners alone, and no login for reading is at hand. Other registries
/// decide by themselves who reads, whatever a package says.
pub(crate) fn check(context: &BackendContext, artifact: &Artifact, target: &Target) -> Result<()> {
    let is_shown_to_few = key(&target.read_url) == key(PUBLIC) && tarball::read(&artifact.path)?.is_restricted;
    let settings = credentials::read(&context.environment)?;
    if !is_shown_to_few || credentials::reading(&context.environment, &settings, &target.read_url).is_some() {
        return Ok(());
    }
    let (file, target) = (artifact.file_name.clone(), without_login(&target.read_url));
    Err(Error::ReadLoginMissing { file, target }.into())
}
