//! What every package index is held to, by the real uv and by our own eyes: the in-process one and those that others
//! wrote. Our view of each is held to what core promises of registries. Where servers differ, the difference is a value in the table of [`index::TABLE`], not a question of names.
#![expect(clippy::panic, reason = "an answer of another kind than expected is a failed test")]

mod case;
mod index;
mod suite;
mod world;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use releasekit_testkit::Tools;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // Says that it skips; the names of the tests depend on nothing but the tables.
    let tools = if arguments.list { None } else { Tools::require() };
    let mut trials = Vec::new();
    for kind in index::TABLE {
        for (name, case) in case::TABLE {
            let (name, tools) = (format!("{}::{name}", kind.name), tools.clone());
            let skipped = tools.is_none();
            let trial = Trial::test(name, move || {
                let tools = tools.ok_or("the pinned tools are not installed")?;
                case(&world::World::new(&tools, kind));
                Ok(())
            });
            trials.push(trial.with_ignored_flag(skipped));
        }
        trials.extend(suite::trials(tools.as_ref(), kind));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
