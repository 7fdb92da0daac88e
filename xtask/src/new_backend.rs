//! `new-backend KIND NAME`: a backend crate with the files that its siblings have. It compiles, what it cannot do yet is
//! `Unsupported`, and its suite names what is missing.

mod manifest;
mod template;
#[cfg(test)]
mod tests;

use std::path::Path;

use clap::{Args, ValueEnum};

use crate::failure::{Failure, Result};
use crate::repository::{read, root, write};
use template::Names;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What it is a backend for
    kind: Kind,
    /// Its name: lowercase letters, digits and dashes
    name: String,
}

/// What a backend is for: the folder below `crates` that it lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// What its files say, and its tool
    Ecosystem,
    /// What is live there
    Registry,
    /// A version control system
    Vcs,
    /// Where repositories are hosted
    Forge,
}

impl Kind {
    fn folder(self) -> &'static str {
        match self {
            Self::Ecosystem => "ecosystem",
            Self::Registry => "registry",
            Self::Vcs => "vcs",
            Self::Forge => "forge",
        }
    }

    /// The crates that its code may use, as `cargo xtask layers` has it.
    fn may_use(self) -> &'static str {
        match self {
            Self::Vcs => "core and process",
            Self::Ecosystem => "core, formats and process",
            Self::Registry => "core, formats and http",
            Self::Forge => "core, formats, http and process",
        }
    }
}

/// Writes the crate, makes it a member, and says what is left to do by hand.
pub(crate) fn run(options: &Options) -> Result<()> {
    let names = Names::of(&options.name).ok_or_else(|| {
        Failure::new(format!("`{}` is no name of a backend", options.name))
            .with_help("lowercase letters, digits and dashes, a letter first")
    })?;
    let folder = create(&root(), options.kind, &names)?;
    println!("{}", written(&root(), &folder));
    for (place, what) in steps(options.kind, &names) {
        println!("  {place:<28} {what}");
    }
    Ok(())
}

/// Says what was written and where: whoever has several clones may have meant another.
fn written(workspace: &Path, folder: &str) -> String {
    format!("{folder} is there, and a member of the workspace in {}. What is left:", workspace.display())
}

fn steps(kind: Kind, names: &Names) -> [(String, String); 5] {
    let Names { name, krate, .. } = names;
    let own = |place: &str, what: String| (place.to_owned(), what);
    [
        own("cargo test", format!("-p releasekit-{name}: its suites name what is missing")),
        own("cargo xtask layers", format!("it may use {}", kind.may_use())),
        own("crates/cli/Cargo.toml", format!("releasekit-{name}.workspace = true")),
        own("crates/cli/src/backends.rs", format!("releasekit_{krate}::register(backends);")),
        own("docs/architecture.md", "a line in the table of crates".to_owned()),
    ]
}

/// Writes the crate into a workspace; gives its folder from there.
fn create(workspace: &Path, kind: Kind, names: &Names) -> Result<String> {
    let folder = format!("crates/{}/{}", kind.folder(), names.name);
    if workspace.join(&folder).exists() {
        return Err(Failure::new(format!("{folder} is there already, in {}", workspace.display())));
    }
    let place = workspace.join("Cargo.toml");
    let manifest = manifest::with_member(&read(&place)?, &folder, &names.name)
        .ok_or_else(|| Failure::new("Cargo.toml has no list of members where one is looked for"))?;
    for (file, text) in template::files(kind)? {
        write(&workspace.join(&folder).join(file), &names.filled(kind, &text))?;
    }
    write(&place, &manifest)?;
    Ok(folder)
}
