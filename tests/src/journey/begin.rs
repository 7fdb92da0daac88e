//! How journeys begin.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;

use releasekit_testkit::Sandbox;

use super::Journey;
use crate::hub::Hub;
use crate::registry::{Registry, Rehearsal};
use crate::samples::{Role, Sample};
use crate::scene::Scene;
use crate::world::Login;

impl Journey {
    /// A sample whose first release is tagged, pushed and live.
    #[track_caller]
    pub fn released_once(scene: &Scene, sample: Sample, registry: Arc<dyn Registry>) -> Self {
        registry.fill(&scene.past(sample));
        let journey = Self::begun(scene, registry, |sandbox| scene.world.write(sample, sandbox));
        for role in sample.published() {
            journey.sandbox.git(["tag", &journey.tag(role, role.version())]);
        }
        journey.sandbox.push();
        journey
    }

    /// The pair, released once to a registry of this process, with a fix in the lower package that is not pushed.
    #[track_caller]
    pub fn with_fix(scene: &Scene) -> (Self, Arc<dyn Rehearsal>) {
        let registry = scene.world.rehearsal();
        (Self::with_fix_at(scene, registry.clone()), registry)
    }

    /// The same with another registry.
    #[track_caller]
    pub fn with_fix_at(scene: &Scene, registry: Arc<dyn Registry>) -> Self {
        let journey = Self::released_once(scene, Sample::Pair, registry);
        journey.change(Role::Base, "fix(base): count from zero");
        journey
    }

    /// The same journey with a forge as its remote.
    #[track_caller]
    #[must_use]
    pub fn on_forge(self, hub: &Hub) -> Self {
        Self { sandbox: hub.adopt(self.sandbox), ..self }
    }

    /// What `write` writes, which was never released: its first commit is pushed, and there is no tag.
    #[track_caller]
    pub fn begun(scene: &Scene, registry: Arc<dyn Registry>, write: impl FnOnce(&Sandbox)) -> Self {
        let mut sandbox = scene.world.equip(Sandbox::new(), &scene.tools).with_first("bin");
        for (name, value) in scene.world.environment(&sandbox, registry.as_ref()) {
            sandbox = sandbox.with_env(name, value);
        }
        for (name, value) in scene.world.login(Login::Right) {
            sandbox = sandbox.with_env(name, value);
        }
        let folder = sandbox.path().join("bin");
        fs::create_dir(&folder).expect("the sandbox is writable");
        symlink(&scene.binary, folder.join("releasekit")).expect("the sandbox is writable");
        write(&sandbox);
        let journey = Self { scene: scene.clone(), sandbox, registry };
        journey.configure("");
        journey.sandbox.commit("chore: begin a workspace");
        journey.sandbox.push();
        journey
    }
}
