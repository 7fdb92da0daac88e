//! The user's own ignore file, as the environment we were given names it.

use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice;
use gix::config::{File, Source};
use releasekit_core::Environment;

/// The file named by `core.excludesFile` in the user's or the system's settings, else git's default place for it;
/// `None` where there is no such file. The repository's own setting comes before and is not looked at here.
pub(crate) fn excludes_file(environment: &Environment) -> Option<PathBuf> {
    let home = environment.get("HOME").map(Path::new);
    let config = environment.get("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| Some(home?.join(".config")));
    let named = settings_files(environment, home, config.as_deref()).find_map(|file| named_in(&file, home));
    named.or_else(|| Some(config?.join("git/ignore"))).filter(|file| file.is_file())
}

/// The files with settings, what wins first.
fn settings_files(
    environment: &Environment,
    home: Option<&Path>,
    config: Option<&Path>,
) -> impl Iterator<Item = PathBuf> {
    let user = match environment.get("GIT_CONFIG_GLOBAL") {
        Some(file) => vec![PathBuf::from(file)],
        None => {
            let in_home = home.map(|home| home.join(".gitconfig"));
            in_home.into_iter().chain(config.map(|config| config.join("git/config"))).collect()
        }
    };
    let system = match environment.get("GIT_CONFIG_SYSTEM") {
        _ if environment.get("GIT_CONFIG_NOSYSTEM").is_some() => None,
        Some(file) => Some(PathBuf::from(file)),
        None => Some(PathBuf::from("/etc/gitconfig")),
    };
    user.into_iter().chain(system)
}

/// Settings that cannot be read name nothing: git itself will say so where it matters.
fn named_in(file: &Path, home: Option<&Path>) -> Option<PathBuf> {
    let settings = File::from_path_no_includes(file.to_owned(), Source::User).ok()?;
    let value = settings.string("core.excludesFile")?;
    let value = value.to_path().ok()?;
    match value.strip_prefix("~") {
        Ok(below) => Some(home?.join(below)),
        Err(_) => Some(value.to_owned()),
    }
}
