//! What a sample released before the journey begins: files built by the ecosystem's own tool alone, once per process.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use releasekit_rehearsal::File;
use releasekit_testkit::{Sandbox, Tools};

use crate::registry::Past;
use crate::samples::{Role, Sample};
use crate::world::World;

/// Artifacts, each under the name that a registry has it by.
type Files = BTreeMap<File, Vec<u8>>;

/// The first release of a sample; it is built when it is first asked for.
#[track_caller]
pub(crate) fn past_of(world: &dyn World, sample: Sample, tools: &Tools) -> Past {
    static BUILT: Mutex<BTreeMap<(&str, Sample), Past>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    built.entry((world.names().tool, sample)).or_insert_with(|| Arc::new(build(world, sample, tools))).clone()
}

#[track_caller]
fn build(world: &dyn World, sample: Sample, tools: &Tools) -> Files {
    let sandbox = world.equip(Sandbox::new(), tools);
    world.write(sample, &sandbox);
    sample.published().flat_map(|role| files(world, role, &sandbox)).collect()
}

/// The files of a version of a package that somebody else built of the sample as it was first released.
#[track_caller]
pub(crate) fn others(world: &dyn World, sample: Sample, tools: &Tools, (role, version): (Role, &str)) -> Files {
    let sandbox = world.equip(Sandbox::new(), tools);
    world.write(sample, &sandbox);
    let manifest = world.manifest(role);
    sandbox.write(&manifest, sandbox.read(&manifest).replace(role.version(), version));
    files(world, role, &sandbox)
}

#[track_caller]
fn files(world: &dyn World, role: Role, sandbox: &Sandbox) -> Files {
    let file = |path: PathBuf| {
        let file = File::new(world.package(role).published, name_of(&path));
        (file, fs::read(path).expect("an artifact can be read"))
    };
    world.build(sandbox, role).into_iter().map(file).collect()
}

pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
