//! What a sample released before the journey begins: files built by the ecosystem's own tool alone, once per process.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use releasekit_rehearsal::File;
use releasekit_testkit::{Sandbox, Tools};

use crate::registry::Past;
use crate::samples::Sample;
use crate::world::World;

/// The first release of a sample; it is built when it is first asked for.
#[track_caller]
pub(crate) fn past_of(world: &dyn World, sample: Sample, tools: &Tools) -> Past {
    static BUILT: Mutex<BTreeMap<(&str, Sample), Past>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    built.entry((world.names().tool, sample)).or_insert_with(|| Arc::new(build(world, sample, tools))).clone()
}

#[track_caller]
fn build(world: &dyn World, sample: Sample, tools: &Tools) -> BTreeMap<File, Vec<u8>> {
    let sandbox = Sandbox::new().with_tools(tools);
    world.write(sample, &sandbox);
    let mut past = BTreeMap::new();
    for role in sample.published() {
        for path in world.build(&sandbox, role) {
            let file = File::new(world.package(role).published, name_of(&path));
            past.insert(file, fs::read(path).expect("an artifact can be read"));
        }
    }
    past
}

pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
