//! Where a journey goes: a world, the pinned tools, and the program that is tried.

use std::path::PathBuf;
use std::sync::Arc;

use releasekit_testkit::Tools;

use crate::past::{others, past_of};
use crate::registry::{Past, Registry};
use crate::samples::{Role, Sample};
use crate::world::World;

/// Where a journey goes.
#[derive(Debug, Clone)]
pub struct Scene {
    pub(crate) world: &'static dyn World,
    pub(crate) tools: Tools,
    pub(crate) binary: PathBuf,
}

impl Scene {
    /// A scene in which this releasekit is run.
    pub fn new(world: &'static dyn World, tools: &Tools, binary: impl Into<PathBuf>) -> Self {
        Self { world, tools: tools.clone(), binary: binary.into() }
    }

    /// The same scene with another releasekit.
    #[must_use]
    pub fn with_binary(&self, binary: impl Into<PathBuf>) -> Self {
        Self { binary: binary.into(), ..self.clone() }
    }

    /// The world.
    pub fn world(&self) -> &'static dyn World {
        self.world
    }

    /// The pinned tools.
    pub fn tools(&self) -> &Tools {
        &self.tools
    }

    /// A registry that others wrote, by its name, empty.
    #[track_caller]
    pub fn foreign(&self, name: &str) -> Arc<dyn Registry> {
        let found = self.world.foreign().iter().find(|registry| registry.name == name);
        let found = found.unwrap_or_else(|| panic!("{:?} has no registry {name}", self.world));
        (found.start)(&self.tools)
    }

    /// The first registry that others wrote, empty; it can be reset.
    #[track_caller]
    pub fn first_foreign(&self) -> Arc<dyn Registry> {
        let first = self.world.foreign().first().expect("a world has a registry that others wrote");
        (first.start)(&self.tools)
    }

    /// What a sample released before.
    #[track_caller]
    pub fn past(&self, sample: Sample) -> Past {
        past_of(self.world, sample, &self.tools)
    }

    /// The files of a version of a package that somebody else built of a sample as it was first released.
    #[track_caller]
    pub fn others(&self, sample: Sample, role: Role, version: &str) -> Past {
        Arc::new(others(self.world, sample, &self.tools, (role, version)))
    }
}
