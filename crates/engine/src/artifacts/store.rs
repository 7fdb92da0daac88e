//! Artifacts on disk: what one run built, the next one sends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use releasekit_core::model::{Artifact, ArtifactKind, EcosystemLabel, PackageId, PackageName, Version};
use serde::{Deserialize, Serialize};

use super::{BuiltFile, Sources};
use crate::durable::{self, path_part};
use crate::error::{Error, Result};
use crate::failure::Failure;
use crate::session::Session;
use crate::state::ReleaseState;

const SCHEMA: u32 = 1;

/// The list of what is complete, written last.
#[derive(Debug, Serialize, Deserialize)]
struct List {
    schema: u32,
    packages: Vec<Listed>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Listed {
    label: EcosystemLabel,
    package: PackageName,
    version: Version,
    files: Vec<ListedFile>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ListedFile {
    name: String,
    kind: ArtifactKind,
    size: u64,
    sha256: String,
    generator: Option<String>,
}

/// Where the artifacts of a package lie in a folder with those of many: files of two packages may have one name.
pub(super) fn folder_of(all: &Path, id: &PackageId) -> PathBuf {
    all.join(path_part(id.label.as_str())).join(path_part(id.name.as_str()))
}

fn folder(state: &ReleaseState, id: &PackageId) -> PathBuf {
    folder_of(&state.artifacts(), id)
}

/// What an earlier run left and is as it was; a package with a missing or changed file is not among it.
pub(super) fn load(
    session: &Session,
    sources: &Sources,
    state: &ReleaseState,
) -> Result<BTreeMap<PackageId, Vec<BuiltFile>>> {
    let path = state.artifact_list();
    let text = match durable::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(Failure::file("read", path)(error).into()),
    };
    let unreadable = |why: String| Failure::StateUnreadable { path: path.clone(), why };
    let list: List = serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
    if list.schema != SCHEMA {
        return Err(
            unreadable(format!("it has schema {}, and this releasekit knows schema {SCHEMA}", list.schema)).into()
        );
    }
    let mut found = BTreeMap::new();
    for listed in list.packages {
        let id = PackageId::new(listed.label.clone(), listed.package.clone());
        match intact(sources, state, &id, &listed)? {
            Some(files) => drop(found.insert(id, files)),
            None => session.warn(format!("the artifacts of `{id}` from an earlier run are missing or changed"), None),
        }
    }
    Ok(found)
}

fn intact(sources: &Sources, state: &ReleaseState, id: &PackageId, listed: &Listed) -> Result<Option<Vec<BuiltFile>>> {
    let Some(package) = sources.releasing.iter().find(|package| package.id == *id) else { return Ok(None) };
    if package.version != listed.version {
        return Ok(None);
    }
    let manager = sources.manager(package.member);
    let mut files = Vec::new();
    for file in &listed.files {
        let path = folder(state, id).join(&file.name);
        let known = if path.is_file() { manager.artifact(&path)? } else { None };
        let same = |artifact: &Artifact| {
            artifact.size == file.size && artifact.digests.first().is_some_and(|digest| digest.value == file.sha256)
        };
        match known.filter(same) {
            Some(artifact) => files.push(BuiltFile { artifact, generator: file.generator.clone() }),
            None => return Ok(None),
        }
    }
    Ok(Some(files))
}

/// Copies the files of a package into the state, in place of earlier ones. They are on disk when this returns.
pub(super) fn put(state: &ReleaseState, id: &PackageId, files: Vec<BuiltFile>) -> Result<Vec<BuiltFile>> {
    let folder = folder(state, id);
    durable::remove_dir(&folder)?;
    let place = |mut file: BuiltFile| {
        let path = folder.join(&file.artifact.file_name);
        durable::copy(&file.artifact.path, &path)?;
        file.artifact.path = path;
        Ok(file)
    };
    files.into_iter().map(place).collect()
}

/// Puts the files of many packages, and lists them.
pub(super) fn put_all(
    state: &ReleaseState,
    sources: &Sources,
    packages: BTreeMap<PackageId, Vec<BuiltFile>>,
) -> Result<BTreeMap<PackageId, Vec<BuiltFile>>> {
    let put = |(id, files)| {
        let files = put(state, &id, files)?;
        Ok((id, files))
    };
    let packages: BTreeMap<_, _> = packages.into_iter().map(put).collect::<Result<_, Error>>()?;
    save(state, sources, &packages)?;
    Ok(packages)
}

/// Lists what is complete.
pub(super) fn save(
    state: &ReleaseState,
    sources: &Sources,
    packages: &BTreeMap<PackageId, Vec<BuiltFile>>,
) -> Result<()> {
    let known = |package: &&crate::observe::Releasing| packages.contains_key(&package.id);
    let listed = sources.releasing.iter().filter(known).map(|package| Listed {
        label: package.id.label.clone(),
        package: package.id.name.clone(),
        version: package.version.clone(),
        files: packages[&package.id].iter().map(list_file).collect(),
    });
    let list = List { schema: SCHEMA, packages: listed.collect() };
    let text = serde_json::to_vec_pretty(&list).expect("a list is always JSON");
    durable::write(&state.artifact_list(), &text)
}

fn list_file(file: &BuiltFile) -> ListedFile {
    let artifact = &file.artifact;
    ListedFile {
        name: artifact.file_name.clone(),
        kind: artifact.kind,
        size: artifact.size,
        sha256: artifact.digests.first().map(|digest| digest.value.clone()).unwrap_or_default(),
        generator: file.generator.clone(),
    }
}
