//! `layers`: which of our crates may depend on which, which stage of the engine on which, and that no circle of files is
//! longer than two, as `docs/architecture.md` lays it down.
//!
//! Which libraries of others belong to one crate only is said in `deny.toml`.

mod circles;
mod crates;
mod imports;
mod modules;
mod stages;

use std::process::Command;

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::repository::root;
use crate::shell;
use modules::Modules;

/// Prints the engine's floors, and everything that is not allowed.
pub(crate) fn run() -> Result<()> {
    let metadata = metadata()?;
    let mut wrong = crates::objections(&metadata);
    for folder in crates::folders(&metadata) {
        let arrows = Modules::read(&root().join(&folder).join("src"))?.arrows();
        wrong.extend(circles::long(&arrows).iter().map(|circle| format!("{folder}: a circle of files, {circle}")));
        if folder == stages::CRATE {
            print!("{}", stages::floors());
            wrong.extend(stages::objections(&arrows));
        }
    }
    for line in &wrong {
        println!("{line}");
    }
    match wrong.len() {
        0 => Ok(()),
        count => Err(Failure::new(format!("{count} things depend on what they must not"))
            .with_help("docs/architecture.md says what each layer is for; xtask/src/layers holds the tables")),
    }
}

fn metadata() -> Result<Value> {
    let mut command = Command::new(shell::cargo());
    command.current_dir(root()).args(["metadata", "--format-version", "1", "--no-deps"]);
    let metadata = shell::capture(&mut command)?;
    serde_json::from_str(&metadata).map_err(|error| Failure::new(format!("cargo metadata: {error}")))
}
