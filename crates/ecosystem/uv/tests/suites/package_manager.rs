//! A workspace on disk, the real uv, and the index of rehearsals.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use libtest_mimic::Trial;
use releasekit_core::ecosystem::Halves;
use releasekit_core::event::Silent;
use releasekit_core::model::Target;
use releasekit_core::{BackendContext, Backends, PackageManager, Secret};
use releasekit_rehearsal::pypi::{Fault, On, Options, Server};
use releasekit_testkit::servers::{PASSWORD, USERNAME};
use releasekit_testkit::suite::package_manager::{CASES, Surroundings, World};
use releasekit_testkit::{Sandbox, Tools, run, suite};

use crate::{REQUIRES, ROOT, project};

/// The index, and the sandbox that goes with the case.
struct House {
    server: Server,
    sandbox: Sandbox,
}

impl Surroundings for House {
    fn stored(&self) -> BTreeMap<String, String> {
        self.server.stored()
    }

    fn outdated(&self) -> Option<Arc<dyn PackageManager>> {
        let folder = self.sandbox.path().join("old");
        fs::create_dir(&folder).expect("the folder is ours");
        let program = folder.join("uv");
        fs::write(&program, "#!/bin/sh\necho uv 0.1.0\n").expect("the folder is ours");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("the file is ours");
        Some(halves(&self.sandbox, &[("PATH".into(), folder.into())]).package_manager)
    }

    fn spoil(&self, folder: &Path) {
        let file = folder.join("p/a/pyproject.toml");
        fs::write(file, project("base", "").replace("1.0.0", "1.0.1")).expect("the folder is ours");
    }

    fn spoil_otherwise(&self, folder: &Path) {
        let file = folder.join("p/b/pyproject.toml");
        let text = project("top", REQUIRES).replace("[project]\n", "[project]\nreadme = \"none.md\"\n");
        fs::write(file, text).expect("the folder is ours");
    }

    fn forget_lock(&self, folder: &Path) {
        self.spoil(folder);
    }

    fn remove_lock(&self, folder: &Path) {
        fs::remove_file(folder.join("uv.lock")).expect("it is there");
    }

    fn rework(&self, folder: &Path) {
        fs::write(folder.join("p/a/src/base/__init__.py"), "more = 1\n").expect("the folder is ours");
    }

    fn ask_to_wait(&self, file: &str, seconds: u64) {
        self.server.faults().once(On::File(file.to_owned()), Fault::RateLimit(seconds));
    }
}

/// What uv brings, in the surroundings of a sandbox and these variables.
fn halves(sandbox: &Sandbox, variables: &[(OsString, OsString)]) -> Halves {
    let environment = sandbox.env().iter().chain(variables).cloned().collect();
    let context = BackendContext::new(environment, sandbox.path().join("cache"), Arc::new(Silent));
    let mut backends = Backends::default();
    releasekit_uv::register(&mut backends);
    (backends.ecosystems[releasekit_uv::ID].open)(&context).expect("it can be opened")
}

fn world(tools: &Tools) -> World {
    let server = Server::start(Options::default().with_login(USERNAME, Secret::new(PASSWORD)));
    let server = server.expect("loopback has a free port");
    let sandbox = Sandbox::new()
        .with_tools(tools)
        .with_own_uv_cache()
        .with_env("UV_DEFAULT_INDEX", server.simple_url())
        .with_env("UV_PUBLISH_USERNAME", USERNAME)
        .with_env("UV_PUBLISH_PASSWORD", PASSWORD);
    let folder = sandbox.path().join("export");
    for (file, text) in [
        ("pyproject.toml", ROOT.to_owned()),
        ("p/a/pyproject.toml", project("base", "")),
        ("p/a/src/base/__init__.py", String::new()),
        ("p/b/pyproject.toml", project("top", REQUIRES)),
        ("p/b/src/top/__init__.py", String::new()),
    ] {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().expect("in a folder")).expect("the folder is ours");
        fs::write(file, text).expect("the folder is ours");
    }
    run(sandbox.command("uv").arg("lock").arg("--offline").current_dir(&folder)).ok();
    let halves = halves(&sandbox, &[]);
    let target = Target::new("pypi", server.simple_url(), server.upload_url());
    let house = Box::new(House { server, sandbox });
    World::new((halves.package_manager, halves.workspace), folder, ["base", "top"], target, house)
}

pub(crate) fn trials(tools: Option<Tools>) -> Vec<Trial> {
    let skipped = tools.is_none();
    let open = move || world(tools.as_ref().expect("it is skipped without them"));
    let trials = suite::trials("package_manager::uv", CASES, open);
    trials.into_iter().map(|trial| trial.with_ignored_flag(skipped)).collect()
}
