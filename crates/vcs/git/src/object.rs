//! Names of objects, between our types and gix's, and the reading of single objects.

use std::rc::Rc;

use gix::ObjectId;
use gix::objs::{Find, Kind};
use releasekit_core::model::{self, CommitId};

use crate::error::Error;
use crate::packs::Reader;
use crate::read::commit::Header;

/// Reads the full name of an object.
pub(crate) fn object_id(text: &str) -> Result<ObjectId, Error> {
    ObjectId::from_hex(text.as_bytes()).map_err(|_| Error::NoObjectId { text: text.to_owned() })
}

/// The name of a commit.
pub(crate) fn commit_id(id: ObjectId) -> CommitId {
    CommitId::new(id.hex_to_buf(&mut gix::hash::Kind::hex_buf()))
}

/// The name of any object.
pub(crate) fn model_id(id: ObjectId) -> model::ObjectId {
    model::ObjectId::new(id.to_string())
}

/// The bytes of an object of a kind. Another kind, or none, is [`Error::Missing`].
pub(crate) fn read(repo: &gix::Repository, id: ObjectId, kind: Kind) -> Result<Vec<u8>, Error> {
    let mut buffer = Vec::new();
    let found = repo.objects.try_find(&id, &mut buffer).map_err(Error::read("an object"))?;
    let found = found.filter(|data| data.kind == kind).is_some();
    if found { Ok(buffer) } else { Err(missing(repo, word(kind), id)) }
}

/// The same from the packs, which is faster where many are read.
pub(crate) fn read_packed(reader: &mut Reader<'_>, id: ObjectId, kind: Kind) -> Result<Rc<[u8]>, Error> {
    match reader.read(&id, "an object")? {
        Some(found) if found.kind == kind => Ok(found.data),
        _ => Err(missing(reader.repo(), word(kind), id)),
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Commit => "commit",
        Kind::Tree => "tree",
        Kind::Tag => "tag",
        Kind::Blob => "file",
    }
}

/// The error for an object that is not there. A partial clone has all commits, and leaves out what a filter names.
pub(crate) fn missing(repo: &gix::Repository, what: &'static str, id: ObjectId) -> Error {
    let id = id.to_string();
    if what != "commit" && is_partial(repo) { Error::Partial { what, id } } else { Error::Missing { what, id } }
}

fn is_partial(repo: &gix::Repository) -> bool {
    let settings = repo.config_snapshot();
    let names = repo.remote_names();
    let mut promised = names.iter().map(|name| settings.boolean(format!("remote.{name}.promisor").as_str()));
    settings.string("extensions.partialClone").is_some() || promised.any(|promised| promised == Some(true))
}

/// The root tree of a commit.
pub(crate) fn tree_of(repo: &gix::Repository, commit: ObjectId) -> Result<ObjectId, Error> {
    let bytes = read(repo, commit, Kind::Commit)?;
    let header = Header::parse(&bytes).ok_or_else(|| Error::Corrupt { what: format!("commit {commit}") })?;
    Ok(header.tree)
}
