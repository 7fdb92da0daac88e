//! Fills the submodules of a checkout from those that the user's repository already has.

use std::path::Path;

use crate::error::Error;
use crate::repository::Git;

/// Checks out the submodules whose repositories the user's holds; others stay empty, as in a clone.
pub(crate) async fn check_out(git: &Git, folder: &Path) -> Result<(), Error> {
    if !folder.join(".gitmodules").is_file() {
        return Ok(());
    }
    let args = ["config", "-f", ".gitmodules", "-z", "--get-regexp", r"^submodule\..*\.path$"];
    let output = git.program.in_folder(folder, args).output().await?;
    let text = output.stdout_text();
    let named = text.split('\0').filter_map(|entry| entry.split_once('\n'));
    for (key, path) in named {
        let name = key.trim_start_matches("submodule.").trim_end_matches(".path");
        let module = git.places.common_dir.join("modules").join(name);
        let is_plain = !name.split('/').any(|part| part == "..") && !path.starts_with('-');
        if is_plain && module.join("HEAD").is_file() {
            fill(git, folder, name, path, &module).await?;
        }
    }
    Ok(())
}

async fn fill(git: &Git, folder: &Path, name: &str, path: &str, module: &Path) -> Result<(), Error> {
    let mut url = std::ffi::OsString::from(format!("submodule.{name}.url="));
    url.push(module);
    let command = git.program.in_folder(folder, ["submodule", "--quiet", "update", "--init", "--reference"]);
    let command = command.args([module.as_os_str()]).args(["--", path]).setting(url).umask(0o022);
    let command = command.setting("protocol.file.allow=always").var("GIT_TEMPLATE_DIR", "");
    command.done("check out a submodule of the export").await
}
