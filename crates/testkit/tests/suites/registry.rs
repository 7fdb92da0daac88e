//! Registries in memory: as they are, in all that they can do, and broken.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use libtest_mimic::Trial;
use releasekit_core::model::{Artifact, PackageName, Target};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::registry::{Pace, Pacing};
use releasekit_core::{PackageManager, Registry};
use releasekit_testkit::broken::registry::{Broken, Lie};
use releasekit_testkit::faults::{self, Effects};
use releasekit_testkit::memory::{Builds, Index, MemoryPackageManager, MemoryRegistry};
use releasekit_testkit::suite::registry::{CASES, Differences, Surroundings, World};
use releasekit_testkit::{sha256, suite};
use tempfile::TempDir;

/// A publisher who has the tool send files, or the registry where it takes them.
struct Publisher {
    index: Arc<Mutex<Index>>,
    tool: MemoryPackageManager,
    registry: Arc<dyn Registry>,
    silent: Arc<dyn Registry>,
    folder: TempDir,
}

fn text(version: &str, words: &str) -> String {
    format!("name = base\nversion = {version}\nwords = {words}\nstamp = 1\n")
}

#[async_trait(?Send)]
impl Surroundings for Publisher {
    fn artifact(&self, version: &str, words: &str) -> Artifact {
        let folder = self.folder.path().join(words);
        fs::create_dir_all(&folder).expect("the folder is ours");
        let file = folder.join(format!("base-{version}.bin"));
        fs::write(&file, text(version, words)).expect("the folder is ours");
        self.tool.artifact(&file).expect("readable").expect("an artifact")
    }

    async fn send(&self, request: &UploadRequest) -> bool {
        let takes_files = self.index.lock().expect("no panic while held").takes_files;
        let reply = match takes_files {
            true => self.registry.upload(request).await,
            false => self.tool.upload(request).await,
        };
        matches!(reply, Reply::Accepted)
    }

    fn stored(&self) -> BTreeMap<String, String> {
        let index = self.index.lock().expect("no panic while held");
        index.files.iter().map(|(name, stored)| (name.clone(), sha256(&stored.bytes))).collect()
    }

    fn channel(&self, name: &str) -> Option<String> {
        let index = self.index.lock().expect("no panic while held");
        index.points.get(&(PackageName::new("base"), name.to_owned())).map(ToString::to_string)
    }

    fn tag(&self, version: &str) {
        let bytes = text(version, "tagged").into_bytes();
        let mut index = self.index.lock().expect("no panic while held");
        index.from_tags.insert(format!("base-{version}.bin"), bytes);
    }

    fn withdraw(&self, file: &str) -> bool {
        self.index.lock().expect("no panic while held").yanked.push(file.to_owned());
        true
    }

    fn silent(&self) -> Vec<(&'static str, Arc<dyn Registry>)> {
        vec![("nobody is there", self.silent.clone())]
    }
}

fn world(set: impl FnOnce(&mut Index), lie: Option<Lie>) -> World {
    let (index, builds) = (Arc::new(Mutex::new(Index::default())), Arc::new(Mutex::new(Builds::default())));
    set(&mut index.lock().expect("no panic while held"));
    let open = |index: &Arc<Mutex<Index>>| -> Arc<dyn Registry> {
        let target = Target::new("memory", "memory:", "memory:");
        let registry = Arc::new(MemoryRegistry::new(index.clone(), builds.clone(), target));
        match lie {
            Some(lie) => Arc::new(Broken::new(registry, index.clone(), lie)),
            None => registry,
        }
    };
    let registry = open(&index);
    let silent = open(&Arc::new(Mutex::new(Index { down: true, ..Index::default() })));
    let (api, digests, again) = {
        let index = index.lock().expect("no panic while held");
        (index.takes_files, !index.silent_on_digests, index.takes_again)
    };
    let tool = MemoryPackageManager::new(index.clone(), builds.clone());
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let publisher = Publisher { index, tool, registry: registry.clone(), silent, folder };
    let differences = Differences {
        package: "base",
        digests,
        sizes: false,
        same_bytes: again,
        first_is_latest: false,
        api,
        spelling: ("BASE", "1.0.0"),
        no_name: "",
    };
    World::new(registry, Box::new(publisher), differences)
}

/// One whose effects are counted, and none of them fails.
fn counted() -> World {
    let mut world = world(|index| index.takes_files = true, None);
    world.registry = faults::around_registry(world.registry, &Effects::default());
    world
}

fn broken(lie: Lie) -> World {
    let set = move |index: &mut Index| {
        index.takes_files = lie != Lie::Pretends;
        index.fills_itself = lie == Lie::Fills;
        index.pacing = (lie == Lie::ForgetsNames).then_some(PACING);
        index.yanks =
            [Lie::Yanks, Lie::YanksNothing, Lie::YanksOthers, Lie::KeepsYanked, Lie::YanksAbsent].contains(&lie);
        let of_channels = [Lie::FirstIsLatest, Lie::PointsBack, Lie::AllLatest, Lie::KeepsChannels, Lie::PointsAway];
        index.has_channels = of_channels.contains(&lie) || [Lie::Channels, Lie::Stays, Lie::MovesFirst].contains(&lie);
    };
    world(set, Some(lie))
}

const PACE: Pace = Pace { burst: 1, interval: Duration::from_secs(60) };
const PACING: Pacing = Pacing { new_names: PACE, versions: PACE };

/// A name, and what the index can do.
type Kind = (&'static str, fn(&mut Index));

pub(crate) fn trials() -> Vec<Trial> {
    let kinds: [Kind; 8] = [
        ("memory", |_| ()),
        ("memory_api", |index| index.takes_files = true),
        ("memory_paced", |index| index.pacing = Some(PACING)),
        ("memory_yanks", |index| index.yanks = true),
        ("memory_channels", |index| index.has_channels = true),
        ("memory_channels_again", |index| (index.has_channels, index.takes_again) = (true, true)),
        ("memory_filled_from_tags", |index| index.fills_itself = true),
        ("memory_without_digests", |index| index.silent_on_digests = true),
    ];
    let over = |(name, set): Kind| suite::trials(&format!("registry::{name}"), CASES, move || world(set, None));
    let mut trials: Vec<Trial> = kinds.into_iter().flat_map(over).collect();
    trials.extend(suite::trials("registry::memory_counted", CASES, counted));
    trials.extend(suite::bites("registry", CASES, Lie::CAUGHT, broken));
    trials
}
