//! Finds the repository that a folder lies in, and refuses one that belongs to somebody else.

use std::path::{Path, PathBuf};
use std::{fs, thread};

use gix::discover::upwards::{self, TrustPolicy};
use gix::sec::Trust;
use releasekit_core::Environment;
use releasekit_core::ecosystem::BackendContext;

use crate::environment::{for_git, for_git_on_untrusted};
use crate::error::Error;
use crate::excludes::excludes_file;
use crate::program::{Program, failure};
use crate::repository::{Git, Places};

/// Objects are read as they are named, whatever `refs/replace` holds; the environment of the `git` program says the same.
const OWN_OBJECTS: &str = "core.useReplaceRefs=false";

/// Opens the repository that a folder lies in; `None` where it lies in none.
pub(crate) fn open(context: &BackendContext, folder: &Path) -> Result<Option<Git>, Error> {
    let folder = fs::canonicalize(folder).map_err(Error::folder(folder))?;
    let environment = match context.untrusted {
        true => for_git_on_untrusted(&context.environment),
        false => for_git(&context.environment),
    };
    let Some(found) = discover(&folder, &environment)? else { return Ok(None) };
    let (git_dir, work_tree) = found.into_repository_and_work_tree_directories();
    if work_tree.is_none() {
        return Err(Error::NoWorkTree { path: git_dir });
    }
    // What gix would read from the environment of this process is not what we were given, so it reads nothing there.
    let options = gix::open::Options::isolated().with(Trust::Full).config_overrides([OWN_OBJECTS]);
    let mut repo = options.open(git_dir).map_err(Error::read("the repository"))?.to_thread_local();
    use_excludes_file(&mut repo, &environment)?;
    let root = repo.workdir().ok_or_else(|| Error::NoWorkTree { path: repo.git_dir().to_owned() })?;
    let places = Places {
        root: absolute(root)?,
        git_dir: absolute(repo.git_dir())?,
        common_dir: absolute(repo.common_dir())?,
        scratch: context.cache.clone(),
        new_objects: None,
    };
    let program = Program::new(environment);
    let program = if context.untrusted { program.confined(context) } else { program };
    Ok(Some(Git::new(repo.into_sync(), program.into(), places, context.offline)))
}

fn absolute(path: &Path) -> Result<PathBuf, Error> {
    fs::canonicalize(path).map_err(Error::folder(path))
}

fn discover(folder: &Path, environment: &Environment) -> Result<Option<gix::discover::repository::Path>, Error> {
    match search(folder, environment, TrustPolicy::Required(Trust::Full)) {
        Err(error) => match error.downcast_any_ref::<upwards::Error>() {
            Some(upwards::Error::NoTrustedGitRepository { candidate, .. }) => {
                ask_git(folder, candidate, environment)?;
                let found = search(folder, environment, TrustPolicy::Assume(Trust::Full));
                found.map(Some).map_err(Error::read("the repository"))
            }
            Some(_) => Ok(None),
            None => Err(Error::read("the repository")(error)),
        },
        Ok(found) => Ok(Some(found)),
    }
}

fn search(
    folder: &Path,
    environment: &Environment,
    trust: TrustPolicy,
) -> Result<gix::discover::repository::Path, gix::Error> {
    let ceilings = environment.get("GIT_CEILING_DIRECTORIES");
    let options = upwards::Options {
        trust,
        ceiling_dirs: ceilings.map(|paths| std::env::split_paths(paths).collect()).unwrap_or_default(),
        match_ceiling_dir_or_error: false,
        ..upwards::Options::default()
    };
    gix::discover::upwards_opts(folder, options).map(|(found, _)| found)
}

/// Lets git decide about a repository of another user, for it knows `safe.directory`.
fn ask_git(folder: &Path, candidate: &Path, environment: &Environment) -> Result<(), Error> {
    let program = Program::new(environment.clone());
    let ask = async { program.in_folder(folder, ["rev-parse", "--git-dir"]).output().await };
    // The caller may be inside a runtime, which cannot be entered twice on one thread.
    let asked = thread::scope(|scope| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let answer = |runtime: std::io::Result<tokio::runtime::Runtime>| {
            runtime.map_err(Error::folder(folder)).and_then(|runtime| runtime.block_on(ask))
        };
        scope.spawn(move || answer(runtime)).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    let output = asked?;
    if output.success() {
        return Ok(());
    }
    if output.stderr_text().contains("dubious ownership") {
        let path = if candidate.ends_with(".git") { candidate.parent().unwrap_or(candidate) } else { candidate };
        return Err(Error::DubiousOwnership { path: path.to_owned() });
    }
    Err(failure("open the repository", &output))
}

/// The repository's own setting wins over the user's.
fn use_excludes_file(repo: &mut gix::Repository, environment: &Environment) -> Result<(), Error> {
    let key = &gix::config::tree::Core::EXCLUDES_FILE;
    if repo.config_snapshot().string("core.excludesFile").is_some() {
        return Ok(());
    }
    let Some(file) = excludes_file(environment) else { return Ok(()) };
    let file = gix::path::into_bstr(file).map_err(Error::read("the settings"))?;
    let mut settings = repo.config_snapshot_mut();
    settings.set_value(key, file).map_err(Error::read("the settings"))?;
    settings.commit().map_err(Error::read("the settings"))?;
    Ok(())
}
