//! The tool: it prints leaflets, each into one file. The shelf takes them itself.

use std::fs;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use releasekit_core::model::{Artifact, ArtifactKind, Identity, Member, PackageName, Version};
use releasekit_core::package_manager::{BuildRequest, PackageManagerCapabilities, Route, ToolInfo};
use releasekit_core::{PackageManager, Result};

use crate::error::{invalid, io};
use crate::files::{PACKAGE, file_name, published, sha256, values};

/// What a printed leaflet's name ends in.
const ENDING: &str = ".leaflet";

/// What stands before each file in it.
const HEAD: &str = "==> ";

/// The press. It builds, which every tool does, and nothing else: what it cannot do its capabilities leave out, and the
/// trait's own methods say so.
#[derive(Debug, Clone, Copy)]
pub struct Press;

/// The text files of a folder, sorted, in one text: the leaflet itself comes first.
fn printed(folder: &Path) -> Result<String> {
    let entries = fs::read_dir(folder).map_err(|error| io(folder, error))?.flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| file.is_file() && file.extension().is_some_and(|ending| ending == "txt"));
    files.sort_by_key(|file| (!file.ends_with(PACKAGE), file.clone()));
    let mut text = String::new();
    for file in files {
        let content = fs::read_to_string(&file).map_err(|error| io(&file, error))?;
        text.push_str(&format!("{HEAD}{}\n{content}\n", file_name(&file)));
    }
    Ok(text)
}

/// The files in a printed leaflet, each by its name.
fn members(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(HEAD).skip(1).filter_map(|part| part.split_once('\n'))
}

#[async_trait]
impl PackageManager for Press {
    fn capabilities(&self) -> PackageManagerCapabilities {
        PackageManagerCapabilities::new(Route::Api)
    }

    fn trusted_files(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    async fn tool(&self) -> Result<ToolInfo> {
        Ok(ToolInfo::new("press".to_owned(), env!("CARGO_PKG_VERSION").to_owned(), "0.1.0"))
    }

    async fn build(&self, request: &BuildRequest) -> Result<Vec<Artifact>> {
        let text = printed(&request.package.path.on_disk(&request.folder))?;
        let version = values(&text, "version").next().unwrap_or_default();
        let file = request.out.join(format!("{}-{version}{ENDING}", request.package.name));
        fs::write(&file, text).map_err(|error| io(&file, error))?;
        Ok(self.artifact(&file)?.into_iter().collect())
    }

    fn inspect(&self, file: &Path) -> Result<Identity> {
        let bytes = fs::read(file).map_err(|error| io(file, error))?;
        let text = String::from_utf8(bytes).map_err(|_| invalid(format!("{} is no text", file.display())))?;
        let leaflet = members(&text).find(|(name, _)| *name == PACKAGE).map(|(_, content)| content);
        let leaflet = leaflet.ok_or_else(|| invalid(format!("{} is no printed leaflet", file.display())))?;
        let value = |key| values(leaflet, key).next().ok_or_else(|| invalid(format!("the leaflet has no `{key}`")));
        let mut identity = Identity::new(PackageName::new(value("name")?), Version::from_canonical(value("version")?));
        identity.requirements = values(leaflet, "needs").map(published).collect();
        let member = |(name, content): (&str, &str)| Member {
            path: name.to_owned(),
            executable: false,
            digest: sha256(content.as_bytes()).value,
        };
        identity.members = members(&text).map(member).collect();
        identity.members.sort();
        Ok(identity)
    }

    fn artifact(&self, file: &Path) -> Result<Option<Artifact>> {
        let name = file_name(file);
        if !name.ends_with(ENDING) {
            return Ok(None);
        }
        let bytes = fs::read(file).map_err(|error| io(file, error))?;
        let digests = vec![sha256(&bytes)];
        Ok(Some(Artifact::new(file.to_owned(), name, ArtifactKind::Source, bytes.len() as u64, digests)))
    }
}
