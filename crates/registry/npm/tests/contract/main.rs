//! What every registry for npm is held to, by the real npm and by our own backend: the in-process one and one that others wrote. Our
//! backend is held to what core promises of registries beside each.

mod case;
mod place;
mod suite;
mod world;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use releasekit_testkit::{JavaScript, Tools};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // Says that it skips; the names of the tests depend on nothing but the tables.
    let tools: Option<(Tools, JavaScript)> = if arguments.list { None } else { Tools::require_with_javascript() };
    let mut trials = Vec::new();
    for kind in place::TABLE {
        for (name, case) in case::TABLE {
            let (name, tools) = (format!("{}::{name}", kind.name), tools.clone());
            let skipped = tools.is_none();
            let trial = Trial::test(name, move || {
                case(&world::World::new(&tools.ok_or("it is not installed")?, kind));
                Ok(())
            });
            trials.push(trial.with_ignored_flag(skipped));
        }
        trials.extend(suite::trials(tools.as_ref(), kind));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
