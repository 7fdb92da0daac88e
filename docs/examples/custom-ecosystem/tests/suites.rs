//! The suites of all that core's traits promise, over the leaflets.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use custom_ecosystem::{Leaflets, Needs, Numbers, Press, REGISTRY, Shelf};
use releasekit_core::model::{Artifact, Target};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::{PackageManager, Registry};
use releasekit_testkit::sha256;
use releasekit_testkit::suite::{self, package_manager, registry, requirements, scheme, workspace};
use tempfile::TempDir;

const BASE: &str = "# ours\nname: base\nversion: 1.0.0\n";
const TOP: &str = "# ours\nname: top\nversion: 1.0.0\nneeds: Base ~ 1.0.0\nneeds: others >= 1.0.0\n";

fn workspace() -> workspace::World {
    let files = [
        ("README.md", "not ours"),
        ("one/leaflets.txt", ""),
        // Two members and no third one, at 1.0.0 as the scheme spells it.
        ("one/a/leaflet.txt", BASE),
        ("one/b/leaflet.txt", TOP),
        ("one/b/more/leaflets.txt", ""),
        ("two/leaflets.txt", ""),
    ];
    workspace::World {
        workspace: Arc::new(Leaflets),
        files: files.map(|(file, text)| (file, text.to_owned())).to_vec(),
        roots: &["one", "two"],
        packages: ["base", "top"],
        outsider: Some("others"),
        private: Some("name: top\nversion: 1.0.0\nprivate: ours\n"),
        // A leaflet needs what it needs, whoever works on it.
        published: None,
        developers: None,
        spelling: "BASE",
        unreadable: "name: top\nversion: none\n",
    }
}

fn scheme() -> scheme::World {
    scheme::World {
        scheme: Box::new(Numbers),
        ascending: &["0.9.0", "1.0.0-alpha.2", "1.0.0-rc.1", "1.0.0", "1.2.3", "1.10.0", "2.0.0"],
        prereleases: &["1.0.0-alpha.2", "1.0.0-rc.1"],
        spellings: &["1.2.0", "01.2.0"],
        no_versions: &["", "1.2", "1.x.0", "1.0.0-rc", "1.0.0-canary.1", "v1.0.0"],
        labels: &["alpha", "beta", "rc"],
        no_label: Some("canary"),
    }
}

fn requirements() -> requirements::World {
    requirements::World {
        requirements: Box::new(Needs),
        table: &[
            ("base", &["1.0.0", "2.0.0"], &[]),
            ("base >= 1.2.0", &["1.2.0", "2.0.0"], &["1.0.0"]),
            ("base~1.2.0", &["1.2.0", "1.9.0"], &["1.1.0", "2.0.0"]),
            ("base = 1.0.0", &["1.0.0"], &["1.0.1"]),
        ],
        ascending: &["1.0.0", "2.0.0", "3.0.0"],
        far: ["0.0.1", "99.0.0"],
        no_requirements: &["", ">= 1.0.0", "base >=", "base ! 1.0.0", "base >= x"],
    }
}

/// A folder with a workspace and a shelf.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        for (file, text) in [
            ("work/leaflets.txt", ""),
            ("work/a/leaflet.txt", BASE),
            ("work/a/above.txt", "sorted before what the press prints first"),
            ("work/b/leaflet.txt", TOP),
        ] {
            write(&folder.path().join(file), text);
        }
        fs::create_dir(folder.path().join("shelf")).expect("the folder is ours");
        Self { folder }
    }

    fn shelf(&self) -> Shelf {
        Shelf::new(self.path("shelf"), target())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().expect("in a folder")).expect("the folder is ours");
    fs::write(file, text).expect("the folder is ours");
}

fn target() -> Target {
    Target::new(REGISTRY, "shelf:", "shelf:")
}

fn stored(shelf: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(shelf).expect("the shelf is there").flatten();
    let file = |entry: fs::DirEntry| {
        let bytes = fs::read(entry.path()).expect("readable");
        (entry.file_name().to_string_lossy().into_owned(), sha256(&bytes))
    };
    files.map(file).collect()
}

impl package_manager::Surroundings for Place {
    fn stored(&self) -> BTreeMap<String, String> {
        stored(&self.path("shelf"))
    }

    // The press is a part of this crate. It has no lockfile, checks nothing and sends nothing, so all else stays as it is.
    fn outdated(&self) -> Option<Arc<dyn PackageManager>> {
        None
    }
}

fn package_manager() -> package_manager::World {
    let place = Place::new();
    let work = place.path("work");
    let backends = (Arc::new(Press) as _, Arc::new(Leaflets) as _);
    package_manager::World::new(backends, work, ["base", "top"], target(), Box::new(place))
}

#[async_trait(?Send)]
impl registry::Surroundings for Place {
    fn artifact(&self, version: &str, words: &str) -> Artifact {
        // A folder for each, since a case may have two files of one name.
        let file = self.path(words).join(format!("base-{version}.leaflet"));
        write(&file, &format!("==> leaflet.txt\nname: base\nversion: {version}\n{words}\n"));
        Press.artifact(&file).expect("readable").expect("a leaflet")
    }

    async fn send(&self, request: &UploadRequest) -> bool {
        matches!(self.shelf().upload(request).await, Reply::Accepted)
    }

    fn stored(&self) -> BTreeMap<String, String> {
        stored(&self.path("shelf"))
    }

    fn channel(&self, _: &str) -> Option<String> {
        None
    }

    // A shelf does not fill itself.
    fn tag(&self, _: &str) {}

    // What lies on a shelf stays there.
    fn withdraw(&self, _: &str) -> bool {
        false
    }

    fn silent(&self) -> Vec<(&'static str, Arc<dyn Registry>)> {
        vec![("the folder is gone", Arc::new(Shelf::new(self.path("gone"), target())))]
    }
}

fn registry() -> registry::World {
    let place = Place::new();
    let differences = registry::Differences {
        package: "base",
        digests: true,
        sizes: true,
        same_bytes: false,
        first_is_latest: false,
        api: true,
        spelling: ("BASE", "01.0.0"),
        no_name: "",
    };
    registry::World::new(Arc::new(place.shelf()), Box::new(place), differences)
}

fn main() -> ExitCode {
    let mut trials = suite::trials("workspace", workspace::CASES, workspace);
    trials.extend(suite::trials("scheme", scheme::CASES, scheme));
    trials.extend(suite::trials("requirements", requirements::CASES, requirements));
    trials.extend(suite::trials("package_manager", package_manager::CASES, package_manager));
    trials.extend(suite::trials("registry", registry::CASES, registry));
    suite::run(trials)
}
