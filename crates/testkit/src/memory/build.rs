//! How a package of text is built.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use releasekit_core::package_manager::BuildRequest;
use releasekit_core::{ErrorKind, Result};

use super::builds::Builds;
use super::error::{fault, invalid};
use super::lines::{PACKAGE_FILE, name, value, values};

/// The names in a folder, sorted; none where there is no folder.
pub(super) fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The files in the folders of siblings.
fn offered(folders: &[PathBuf]) -> Vec<String> {
    folders.iter().flat_map(|folder| names_in(folder)).collect()
}

/// The packages that they belong to, by what stands in them: files of two packages may have one name.
fn packages_in(folders: &[PathBuf]) -> io::Result<Vec<String>> {
    let mut packages = Vec::new();
    for folder in folders {
        for file in names_in(folder) {
            packages.push(value(&fs::read_to_string(folder.join(file))?, "name").to_owned());
        }
    }
    Ok(packages)
}

/// Notes what a build sees, and says whether it takes a while.
pub(super) fn begin(builds: &mut Builds, request: &BuildRequest) -> bool {
    let package = request.package.name.to_string();
    let beside = names_in(&request.package.path.on_disk(&request.folder));
    builds.saw.insert(package.clone(), (offered(&request.siblings), beside));
    if !request.verify {
        builds.untried.push(package.clone());
    }
    builds.built.push(package);
    let variables = request.environment.iter();
    builds.variables = variables.map(|(name, _)| name.to_string_lossy().into_owned()).collect();
    builds.slow
}

/// Makes the files of a package.
pub(super) fn build(builds: &mut Builds, request: &BuildRequest) -> Result<()> {
    let package = request.package.name.as_str();
    let disk = |error: io::Error| invalid(error.to_string());
    let folder = request.package.path.on_disk(&request.folder);
    builds.tamper(&format!("build {package}")).map_err(disk)?;
    fs::write(folder.join("left-by-the-build"), package).map_err(disk)?;
    if builds.failing.iter().any(|failing| failing == package) {
        return Err(fault(ErrorKind::ToolFailed).with_output("it does not compile"));
    }
    let text = fs::read_to_string(folder.join(PACKAGE_FILE)).map_err(disk)?;
    let siblings = packages_in(&request.siblings).map_err(disk)?;
    for needed in values(&text, "builds-with") {
        if !siblings.iter().any(|sibling| sibling == name(needed)) {
            return Err(fault(ErrorKind::ToolFailed).with_output(format!("{package} is built without {needed}")));
        }
    }
    for (file, content) in contents(builds, package, &text) {
        fs::write(request.out.join(file), content).map_err(disk)?;
    }
    Ok(())
}

fn contents(builds: &mut Builds, package: &str, text: &str) -> Vec<(String, String)> {
    builds.count += 1;
    let (count, backend) = (builds.count, builds.backend);
    let stem = values(text, "file").next().unwrap_or(package);
    let usual = |kind: &str| (format!("{stem}-{}.{kind}", value(text, "version")), String::new());
    let mut files = vec![usual("bin"), usual("src")];
    files.extend(builds.files.get(package).cloned().unwrap_or_default());
    let extra = builds.extra.get(package).map(String::as_str).unwrap_or_default();
    let content = |more: &str| format!("{text}{extra}{more}stamp = {count}\ngenerator = {backend}\n");
    files.into_iter().map(|(file, more)| (file, content(&more))).collect()
}
