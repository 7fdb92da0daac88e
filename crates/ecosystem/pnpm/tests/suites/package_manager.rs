//! A workspace on disk, the real pnpm and npm, and the registry of rehearsals.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use libtest_mimic::Trial;
use releasekit_core::event::Silent;
use releasekit_core::model::Target;
use releasekit_core::{BackendContext, PackageManager, Secret};
use releasekit_pnpm::{Pnpm as Manager, PnpmWorkspace};
use releasekit_rehearsal::npm::{Fault, On, Options, Server};
use releasekit_testkit::suite::package_manager::{CASES, Surroundings, World};
use releasekit_testkit::{JavaScript, Pnpm, Sandbox, run, suite};

use crate::{ROOT, manifest};

/// Who may publish.
const TOKEN: &str = "a-token-of-anns";

/// What requires `base` of the same workspace.
const REQUIRES: &str = ",\n  \"main\": \"index.js\", \"dependencies\": {\"base\": \"workspace:>=1.0.0 <2\"}";

/// A file that the package itself names.
const MAIN: &str = ",\n  \"main\": \"index.js\"";

/// The registry, and the sandbox that goes with the case.
struct House {
    server: Server,
    sandbox: Sandbox,
}

impl Surroundings for House {
    fn stored(&self) -> BTreeMap<String, String> {
        self.server.files().into_iter().map(|(file, digest)| (format!("{file:?}"), digest)).collect()
    }

    fn outdated(&self) -> Option<Arc<dyn PackageManager>> {
        let folder = self.sandbox.path().join("old");
        fs::create_dir(&folder).expect("the folder is ours");
        let program = folder.join("pnpm");
        fs::write(&program, "#!/bin/sh\necho 9.15.9\n").expect("the folder is ours");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("the file is ours");
        Some(manager(&self.sandbox, &[("PATH".into(), folder.into())]))
    }

    fn spoil(&self, folder: &Path) {
        let text = manifest("top", &REQUIRES.replace(">=1.0.0 <2", "^1.0.0"));
        fs::write(folder.join("p/b/package.json"), text).expect("the folder is ours");
    }

    fn spoil_otherwise(&self, folder: &Path) {
        let text = manifest("top", &REQUIRES.replace("workspace:", "link:"));
        fs::write(folder.join("p/b/package.json"), text).expect("the folder is ours");
    }

    fn forget_lock(&self, folder: &Path) {
        self.spoil(folder);
    }

    fn remove_lock(&self, folder: &Path) {
        fs::remove_file(folder.join("pnpm-lock.yaml")).expect("it is there");
    }

    fn rework(&self, folder: &Path) {
        fs::write(folder.join("p/a/index.js"), "module.exports = 'more';\n").expect("the folder is ours");
    }

    fn ask_to_wait(&self, file: &str, seconds: u64) {
        self.server.faults().once(On::File(file.to_owned()), Fault::RateLimit(seconds));
    }
}

fn manager(sandbox: &Sandbox, variables: &[(OsString, OsString)]) -> Arc<dyn PackageManager> {
    let environment = sandbox.env().iter().chain(variables).cloned().collect();
    Arc::new(Manager::new(BackendContext::new(environment, sandbox.path().join("cache"), Arc::new(Silent))))
}

fn world(js: &JavaScript, pnpm: Pnpm) -> World {
    let server = Server::start(Options::default().with_publisher("ann", Secret::new(TOKEN)));
    let server = server.expect("loopback has a free port");
    let url = server.registry_url();
    let sandbox = Sandbox::new().with_javascript(js, pnpm);
    let place = url.trim_start_matches("http:");
    sandbox.write("../home/.npmrc", format!("registry={url}\n{place}:_authToken={TOKEN}\n"));
    let folder = sandbox.path().join("export");
    for (file, text) in [
        ("pnpm-workspace.yaml", ROOT.to_owned()),
        ("package.json", "{\"private\": true}\n".to_owned()),
        ("p/a/package.json", manifest("base", MAIN)),
        ("p/a/index.js", "module.exports = 'base';\n".to_owned()),
        ("p/b/package.json", manifest("top", REQUIRES)),
        ("p/b/index.js", "module.exports = require('base');\n".to_owned()),
    ] {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().expect("in a folder")).expect("the folder is ours");
        fs::write(file, text).expect("the folder is ours");
    }
    let lock = ["install", "--lockfile-only", "--offline"];
    run(sandbox.command("pnpm").args(lock).current_dir(&folder)).ok();
    let backends = (manager(&sandbox, &[]), Arc::new(PnpmWorkspace::default()) as _);
    let target = Target::new("npm", url.clone(), url);
    World::new(backends, folder, ["base", "top"], target, Box::new(House { server, sandbox }))
}

/// The cases over both majors, which write other bytes and speak in other words.
pub(crate) fn trials(js: Option<&JavaScript>) -> Vec<Trial> {
    let over = |name: &str, pnpm: Pnpm| {
        let (js, skipped) = (js.cloned(), js.is_none());
        let open = move || world(js.as_ref().expect("it is skipped without them"), pnpm);
        let trials = suite::trials(name, CASES, open).into_iter();
        trials.map(move |trial| trial.with_ignored_flag(skipped)).collect::<Vec<_>>()
    };
    let (older, newer) = (over("package_manager::pnpm-10", Pnpm::V10), over("package_manager::pnpm-12", Pnpm::V12));
    older.into_iter().chain(newer).collect()
}
