//! A workspace on disk, the real cargo, and the registry of rehearsals, to which cargo sends nothing.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use releasekit_cargo::{Cargo, CargoWorkspace, ID};
use releasekit_core::event::Silent;
use releasekit_core::model::Target;
use releasekit_core::{BackendContext, PackageManager};
use releasekit_rehearsal::cargo::{Options, Server};
use releasekit_testkit::suite::package_manager::{Surroundings, World};
use releasekit_testkit::{Sandbox, run};

use crate::{ROOT, manifest};

/// What requires `base` of the same workspace.
const REQUIRES: &str = "[dependencies]\nbase = { path = \"../a\", version = \">=1.0, <2\" }\n";

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
        let program = folder.join("cargo");
        fs::write(&program, "#!/bin/sh\necho cargo 1.0.0\n").expect("the folder is ours");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("the file is ours");
        let old = [("PATH".into(), folder.into())];
        let environment = self.sandbox.env().iter().chain(&old).cloned().collect();
        Some(Arc::new(Cargo::new(BackendContext::new(
            environment,
            self.sandbox.path().join("cache"),
            Arc::new(Silent),
        ))))
    }

    fn spoil(&self, folder: &Path) {
        let file = folder.join("p/a/Cargo.toml");
        fs::write(file, manifest("base", "").replace("1.0.0", "1.0.1")).expect("the folder is ours");
    }

    fn spoil_otherwise(&self, folder: &Path) {
        let text = manifest("top", &format!("readme = \"none.md\"\n{REQUIRES}"));
        fs::write(folder.join("p/b/Cargo.toml"), text).expect("the folder is ours");
    }

    fn forget_lock(&self, folder: &Path) {
        self.spoil(folder);
    }

    fn remove_lock(&self, folder: &Path) {
        fs::remove_file(folder.join("Cargo.lock")).expect("it is there");
    }
}

/// Nothing but loopback is reached, and nothing is there that the workspace would need.
pub(crate) fn world() -> World {
    let server = Server::start(Options::default()).expect("loopback has a free port");
    let sandbox = Sandbox::new().with_cargo();
    let folder = sandbox.path().join("export");
    for (file, text) in [
        ("Cargo.toml", ROOT.to_owned()),
        ("p/a/Cargo.toml", manifest("base", "")),
        ("p/a/src/lib.rs", String::new()),
        ("p/b/Cargo.toml", manifest("top", REQUIRES)),
        ("p/b/src/lib.rs", String::new()),
    ] {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().expect("in a folder")).expect("the folder is ours");
        fs::write(file, text).expect("the folder is ours");
    }
    run(sandbox.command("cargo").args(["generate-lockfile", "--offline"]).current_dir(&folder)).ok();
    let environment = sandbox.env().iter().cloned().collect();
    let mut context = BackendContext::new(environment, sandbox.path().join("cache"), Arc::new(Silent));
    context.offline = true;
    let backends = (Arc::new(Cargo::new(context)) as _, Arc::new(CargoWorkspace::default()) as _);
    let target = Target::new(ID, server.index_url(), server.index_url());
    World::new(backends, folder, ["base", "top"], target, Box::new(House { server, sandbox }))
}
