//! The same repository, whose new objects land in a folder of the caller's: what git calls a quarantine.
//!
//! Refs, settings and objects are those of the repository. The folder that objects are written to is another one, which
//! names the repository's own as a further place to look, so that git and gix both find old and new.

use std::fs;
use std::path::Path;

use gix::odb::Store;

use crate::error::Error;
use crate::export::{alternates, prepare_folder};
use crate::repository::{Git, Places};

/// Opens it with new objects in `into`.
pub(crate) fn open(git: &Git, into: &Path) -> Result<Git, Error> {
    prepare_folder(into)?;
    let into = fs::canonicalize(into).map_err(Error::folder(into))?;
    let file = into.join("info/alternates");
    fs::create_dir_all(into.join("info")).map_err(Error::folder(&into))?;
    fs::write(&file, alternates(git.places.objects())).map_err(Error::folder(&file))?;
    let mut repo = git.repo.clone();
    let hash = repo.to_thread_local().object_hash();
    let store = Store::at_opts(into.clone(), hash, &mut std::iter::empty(), gix::odb::store::init::Options::default());
    repo.objects = store.map_err(Error::folder(&into))?.into();
    let places = Places { new_objects: Some(into), ..git.places.clone() };
    Ok(Git::new(repo, git.program.clone(), places, git.offline))
}
