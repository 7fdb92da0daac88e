//! What is built and kept in the private folder of a clone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use releasekit_rehearsal::File;
use releasekit_testkit::{sha256, sha512};

use crate::past::name_of;
use crate::samples::Sample;
use crate::world::World;

/// The sha256 of each file.
pub(crate) fn built(world: &dyn World, clone: &Path) -> BTreeMap<File, String> {
    let file = |path: PathBuf| {
        let package = published(world, &name_of(path.parent().unwrap_or(Path::new(""))));
        (File::new(package, name_of(&path)), sha256(&fs::read(&path).expect("an artifact can be read")))
    };
    kept(clone).into_iter().map(file).collect()
}

/// The sha256 and the sha512 of each file, by its name.
pub(crate) fn digests(clone: &Path) -> BTreeMap<String, [String; 2]> {
    let read = |path: &PathBuf| fs::read(path).expect("an artifact can be read");
    let both = |bytes: Vec<u8>| [sha256(&bytes), sha512(&bytes)];
    kept(clone).iter().map(|path| (name_of(path), both(read(path)))).collect()
}

/// The files, each in a folder of its package's name in one of its label: `COMMIT/artifacts/LABEL/NAME/FILE`.
pub(crate) fn kept(clone: &Path) -> Vec<PathBuf> {
    let releases = items(&clone.join(".git/releasekit"));
    let labels = releases.iter().flat_map(|release| items(&release.join("artifacts")));
    let packages = labels.flat_map(|label| items(&label));
    packages.flat_map(|package| items(&package)).collect()
}

/// What registries call the package whose name a folder has.
fn published(world: &dyn World, part: &str) -> String {
    let name = part.replace("%40", "@").replace("%2F", "/");
    let roles = Sample::ALL.iter().flat_map(|sample| sample.roles());
    let package = roles.map(|role| world.package(*role)).find(|package| package.name == name);
    package.map_or(name.as_str(), |package| package.published).to_owned()
}

/// What is in a folder; nothing where there is no such folder.
fn items(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().map(|item| item.expect("state can be read").path()).collect()
}
