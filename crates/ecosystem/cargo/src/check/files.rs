//! Files that a package file names and that are not there, and crates that are larger than crates.io takes.

use std::fs;
use std::path::Path;

use releasekit_core::Result;
use releasekit_core::package_manager::Finding;
use releasekit_process::{Error as ProcessError, Output};

use super::Subject;
use crate::codes;
use crate::config::MANIFEST;
use crate::environment;
use crate::error::Error;
use crate::tool::help;

/// How many bytes a `.crate` may have at crates.io.
const LARGEST: u64 = 10 * 1024 * 1024;

/// Folders that no crate takes in.
const PASSED_OVER: &[&str] = &[".git", "target"];

/// One for each file that is missed, and one where the crate is too large.
pub(super) async fn findings(subject: &Subject<'_>) -> Result<Vec<Finding>> {
    if !subject.home.request.complete {
        return Ok(Vec::new());
    }
    let member = subject.member;
    let named = [("readme", &member.readme), ("licence file", &member.license_file)];
    let named = named.into_iter().filter_map(|(what, path)| Some((what, path.as_deref()?)));
    let missing = named.filter(|(_, path)| !member.folder().join(path).is_file());
    let mut found: Vec<Finding> = missing.map(|(what, path)| finding(subject, what, path)).collect();
    found.extend(too_large(subject).await?);
    Ok(found)
}

fn finding(subject: &Subject<'_>, what: &str, path: &Path) -> Finding {
    let message = format!("the {what} that `{}` names is not there: `{}`", subject.name(), path.display());
    subject.finding(codes::FILE_MISSING, message, "add the file to the repository, or name the one that is there")
}

/// Packs the crate where its files are so large that it may be.
async fn too_large(subject: &Subject<'_>) -> Result<Option<Finding>> {
    let (member, bench) = (subject.member, &subject.home.bench);
    if !subject.is_public() || size_of(member.folder())? <= LARGEST {
        return Ok(None);
    }
    let all = &bench.context.environment;
    let environment = environment::building(all, &releasekit_core::Environment::new(), &bench.target());
    // Neither what it requires nor whether it is committed changes how large it is.
    let args = ["package", "--no-verify", "--allow-dirty", "--exclude-lockfile", "--package", subject.name()];
    let packed = bench.run(environment, &args).await.and_then(Output::succeeded);
    packed.map_err(|error| match error {
        ProcessError::NotFound { .. } => help(error),
        source => {
            let (packages, manifest) = (vec![subject.checked.package.name.clone()], &subject.checked.package.manifest);
            Error::Build { packages, manifest: manifest.clone(), source: Box::new(source) }.into()
        }
    })?;
    let path = bench.target().join("package").join(member.file_name());
    let size = fs::metadata(&path).map_err(Error::folder(&path))?.len();
    let message = format!("`{}` has {size} bytes, and crates.io takes {LARGEST}", member.file_name());
    let help = "leave files out with `exclude` in `[package]`; `cargo package --list` names what is packed";
    Ok((size > LARGEST).then(|| subject.finding(codes::TOO_LARGE, message, help)))
}

/// The bytes of the files of a package's folder, those of packages below it left out.
fn size_of(folder: &Path) -> Result<u64> {
    let (mut size, mut waiting) = (0, vec![folder.to_owned()]);
    while let Some(at) = waiting.pop() {
        for entry in fs::read_dir(&at).map_err(Error::folder(&at))? {
            let entry = entry.map_err(Error::folder(&at))?;
            let data = entry.metadata().map_err(Error::folder(entry.path()))?;
            let is_passed_over = PASSED_OVER.iter().any(|name| entry.file_name() == *name);
            if data.is_file() {
                size += data.len();
            } else if data.is_dir() && !is_passed_over && !entry.path().join(MANIFEST).exists() {
                waiting.push(entry.path());
            }
        }
    }
    Ok(size)
}
