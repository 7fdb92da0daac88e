//! Package managers in memory: as they are, in all that they can do, and broken.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use libtest_mimic::Trial;
use releasekit_core::PackageManager;
use releasekit_core::model::Target;
use releasekit_core::package_manager::Route;
use releasekit_testkit::broken::package_manager::{Broken, Lie};
use releasekit_testkit::faults::{self, Effects};
use releasekit_testkit::memory::{Builds, Fault, Index, MemoryPackageManager, MemoryWorkspace};
use releasekit_testkit::suite::package_manager::{CASES, Surroundings, World};
use releasekit_testkit::{sha256, suite};
use tempfile::TempDir;

/// The registry's owner, and the folder that goes with the case.
struct Owner {
    index: Arc<Mutex<Index>>,
    outdated: Arc<dyn PackageManager>,
    _folder: TempDir,
}

impl Surroundings for Owner {
    fn stored(&self) -> BTreeMap<String, String> {
        let index = self.index.lock().expect("no panic while held");
        index.files.iter().map(|(name, stored)| (name.clone(), sha256(&stored.bytes))).collect()
    }

    fn outdated(&self) -> Option<Arc<dyn PackageManager>> {
        Some(self.outdated.clone())
    }

    fn spoil(&self, folder: &Path) {
        fs::write(folder.join("lock.txt"), "base = 0.9.0\n").expect("the folder is ours");
    }

    fn spoil_otherwise(&self, folder: &Path) {
        let text = "name = top\nversion = 1.0.0\nrequires = base~1.0.0\nreadme = none\n";
        fs::write(folder.join("top/package.txt"), text).expect("the folder is ours");
    }

    fn forget_lock(&self, folder: &Path) {
        self.spoil(folder);
    }

    fn remove_lock(&self, folder: &Path) {
        fs::remove_file(folder.join("lock.txt")).expect("it is there");
    }

    fn ask_to_wait(&self, file: &str, seconds: u64) {
        self.index.lock().expect("no panic while held").fault(file, Fault::Busy(Some(seconds)));
    }
}

const FILES: &[(&str, &str)] = &[
    ("workspace.txt", ""),
    ("lock.txt", "base = 1.0.0\ntop = 1.0.0\n"),
    ("base/package.txt", "name = base\nversion = 1.0.0\n"),
    ("top/package.txt", "name = top\nversion = 1.0.0\nrequires = base~1.0.0\n"),
];

/// What the tool and its registry can do.
type Abilities = fn(&mut Builds, &mut Index);

fn everything(builds: &mut Builds, index: &mut Index) {
    (builds.locks, builds.checks, builds.builds_together, index.says_delays) = (true, true, true, true);
}

fn nothing(builds: &mut Builds, _: &mut Index) {
    builds.only_builds = true;
}

fn by_the_api(builds: &mut Builds, _: &mut Index) {
    (builds.locks, builds.checks, builds.route) = (true, true, Some(Route::Api));
}

fn nothing_by_the_api(builds: &mut Builds, _: &mut Index) {
    (builds.only_builds, builds.route) = (true, Some(Route::Api));
}

fn world(able: Abilities, lie: Option<Lie>) -> World {
    let (mut builds, mut index) = (Builds::default(), Index::default());
    builds.login = "/nonexistent/login".into();
    able(&mut builds, &mut index);
    let index = Arc::new(Mutex::new(index));
    let open = |builds| -> Arc<dyn PackageManager> {
        let tool = MemoryPackageManager::new(index.clone(), Arc::new(Mutex::new(builds)));
        match lie {
            Some(lie) => Arc::new(Broken::new(tool, index.clone(), lie)),
            None => Arc::new(tool),
        }
    };
    let mut old = Builds::default();
    old.outdated = true;
    let (manager, outdated) = (open(builds), open(old));
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    for (file, text) in FILES {
        let file = folder.path().join(file);
        fs::create_dir_all(file.parent().expect("in a folder")).expect("the folder is ours");
        fs::write(file, text).expect("the folder is ours");
    }
    let place = folder.path().to_owned();
    let target = Target::new("memory", "memory:", "memory:");
    let backends = (manager, Arc::new(MemoryWorkspace::default()) as _);
    World::new(
        backends,
        place,
        ["base", "top"],
        target,
        Box::new(Owner { index: index.clone(), outdated, _folder: folder }),
    )
}

/// One whose effects are counted, and none of them fails.
fn counted() -> World {
    let mut world = world(everything, None);
    world.manager = faults::around_package_manager(world.manager, &Effects::default());
    world
}

fn broken(lie: Lie) -> World {
    use Lie::{SaysChecks, SaysDelays, SaysInstalls, SaysLockfile, SaysResolves, SaysTogether};
    let lacks = [SaysLockfile, SaysChecks, SaysDelays, SaysResolves, SaysInstalls, SaysTogether];
    let able: Abilities = match lie {
        Lie::SaysFiles => by_the_api,
        Lie::SaysResolvesAlone | Lie::SaysInstallsAlone => nothing_by_the_api,
        _ if lacks.contains(&lie) => nothing,
        _ => everything,
    };
    world(able, Some(lie))
}

pub(crate) fn trials() -> Vec<Trial> {
    let kinds: [(&str, Abilities); 4] = [
        ("memory", everything),
        ("memory_that_only_builds", nothing),
        ("memory_api", by_the_api),
        ("memory_tag", |builds, _| builds.route = Some(Route::Tag)),
    ];
    let over = |(name, able): (&str, Abilities)| {
        suite::trials(&format!("package_manager::{name}"), CASES, move || world(able, None))
    };
    let mut trials: Vec<Trial> = kinds.into_iter().flat_map(over).collect();
    trials.extend(suite::trials("package_manager::memory_counted", CASES, counted));
    trials.extend(suite::bites("package_manager", CASES, Lie::CAUGHT, broken));
    trials
}
