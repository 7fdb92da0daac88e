//! The whole way of six packages that were released once, from commits to a verified release, and what must hold then.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

use releasekit_e2e::{Installed, Journey, Login, Merge, Registry, Role, Sample, Scene, Watched};
use releasekit_testkit::run;

/// The next versions of what moves.
const NEXT: [(Role, &str); 4] =
    [(Role::App, "0.5.1"), (Role::Core, "0.4.0"), (Role::Stamp, "0.1.1"), (Role::Legacy, "1.4.3")];

/// What is there at the end of the way, for what an ecosystem alone can look at.
pub(crate) struct Whole {
    pub(crate) journey: Journey,
    /// What the installer put into an empty place.
    pub(crate) installed: Installed,
    /// The commit before the merge, and the release commit.
    pub(crate) commits: [String; 2],
}

/// Goes the whole way.
#[track_caller]
pub(crate) fn whole(scene: &Scene, registry: Arc<dyn Registry>, how: Merge) -> Whole {
    let (registry, proxy) = Watched::new(registry);
    let journey = Journey::released_once(scene, Sample::Six, registry);
    let before = journey.registry().stored();
    change(&journey);
    prepare(&journey);
    let base = journey.sandbox().head();
    let head = merge(&journey, how);
    release(&journey, &head);
    let (built, writes) = (journey.built(), proxy.writes());
    publish(&journey);
    assert_eq!(proxy.writes() - writes, built.len(), "each file is sent once");
    let mut new = journey.registry().stored();
    new.retain(|file, _| !before.contains_key(file));
    assert_eq!(new, built, "the registry serves what was built");

    assert_eq!(journey.planned(), BTreeMap::new(), "right after a release nothing is planned");
    journey.releasekit(["should-release"]).code(4);
    journey.releasekit(["status"]).ok();
    publish_again(&journey, || proxy.writes());
    let installed = install(&journey, &[(Role::App, "0.5.1"), (Role::Core, "0.4.0"), (Role::Legacy, "1.4.3")]);
    keeps_the_secret(&journey);
    Whole { journey, installed, commits: [base, head] }
}

/// Nothing that is kept holds the password.
fn keeps_the_secret(journey: &Journey) {
    let places = ["work/.git/releasekit", "second/.git/releasekit", "home", "receipt.json"];
    let (_, secret) = journey.world().login(Login::Right).pop().expect("a login has variables");
    let mut grep = journey.sandbox().command("grep");
    grep.args(["--recursive", "--files-with-matches", secret]).args(places);
    let ran = run(grep.current_dir(journey.sandbox().path()));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran}");
}

/// A feature, a fix, and changes that must move nothing.
fn change(journey: &Journey) {
    journey.change(Role::Core, "feat(core): greet twice");
    journey.change(Role::Stamp, "fix(stamp): write the version down");
    journey.change(Role::Speed, "docs: say how fast it is");
    journey.change(Role::Bench, "feat(bench): measure more");
    journey.sandbox().push();
    assert_eq!(journey.planned(), NEXT.map(|(role, next)| (journey.name(role).to_owned(), next.to_owned())).into());
}

fn prepare(journey: &Journey) {
    let before = journey.checkout();
    journey.releasekit(["prepare"]).ok();
    before.assert_same(&journey.checkout());
    for (role, next) in NEXT {
        journey.proposes(role, next);
    }
    let app = journey.world().manifest(Role::App);
    let [old, new] = [journey.sandbox().read(&app), journey.proposed(&app)];
    let requirement = |text: &str| journey.world().requirement_of(text, Role::Core);
    assert_ne!(requirement(&old), requirement(&new), "the requirement admits the new core");
    let log = journey.proposed(&journey.path(Role::Core, "CHANGELOG.md"));
    assert!(log.contains("greet twice") && log.contains("0.4.0"), "{log}");
    let tip = journey.branch_tip();
    journey.releasekit(["prepare"]).ok();
    assert_eq!(journey.branch_tip(), tip, "preparing again changes nothing");
}

fn merge(journey: &Journey, how: Merge) -> String {
    if how == Merge::Rebase {
        // The branch no longer stands on the tip of `main`, so that its commit is made anew.
        journey.change(Role::Speed, "docs: say it better");
        journey.sandbox().push();
    }
    journey.merge(how)
}

fn release(journey: &Journey, head: &str) {
    let before = journey.checkout();
    journey.releasekit(["release", "--yes"]).ok();
    for (role, next) in NEXT {
        assert_eq!(journey.remote_tag(&journey.tag(role, next)).as_deref(), Some(head), "{role:?}");
    }
    let refs = journey.remote_refs();
    assert_eq!(journey.remote_tags().len(), Sample::Six.published().count() + NEXT.len(), "{refs:?}");
    journey.releasekit(["release", "--yes"]).ok();
    assert_eq!(journey.remote_refs(), refs, "releasing again changes nothing");
    before.assert_same(&journey.checkout());
}

fn publish(journey: &Journey) {
    let before = journey.checkout();
    let receipt = journey.sandbox().path().join("receipt.json");
    let (built, digests) = (journey.built(), journey.digests());
    let files: BTreeSet<_> = NEXT.iter().flat_map(|(role, next)| journey.files(*role, next)).collect();
    assert!(built.keys().eq(&files), "all files of each package are built before the first upload: {built:?}");
    journey.releasekit(["publish", "--yes", "--receipt", &receipt.to_string_lossy()]).ok();
    before.assert_same(&journey.checkout());
    let receipt = fs::read_to_string(&receipt).expect("the receipt is written");
    for (name, digests) in digests {
        let has_digest = digests.iter().any(|digest| receipt.contains(digest));
        assert!(receipt.contains(&name) && has_digest, "{name} {digests:?} is in the receipt\n{receipt}");
    }
}

/// Here, and from a clone that knows nothing of the first time.
fn publish_again(journey: &Journey, writes: impl Fn() -> usize) {
    let second = journey.clone("second", &[]);
    let (stored, sent) = (journey.registry().stored(), writes());
    journey.releasekit(["publish", "--yes"]).ok();
    journey.releasekit_in(&second, ["publish", "--yes"]).ok();
    assert_eq!(writes(), sent, "nothing is sent again");
    assert_eq!(journey.registry().stored(), stored);
}

/// Installs the upper package, and finds those that it needs in these versions.
#[track_caller]
fn install(journey: &Journey, versions: &[(Role, &str)]) -> Installed {
    let installed = journey.world().install(journey.sandbox(), &journey.registry().read_url(), Role::App);
    for (role, version) in versions.iter().chain(&[(Role::Speed, "0.2.0")]) {
        let found = installed.versions.get(journey.package(*role).published);
        assert_eq!(found.map(String::as_str), Some(*version), "{role:?}: {installed:?}");
    }
    let requires = &installed.requires[journey.package(Role::App).published];
    for (role, version) in versions.iter().filter(|(role, _)| *role != Role::App) {
        let mut own = requires.iter().filter(|line| line.starts_with(journey.package(*role).published));
        assert!(own.any(|line| journey.world().admits(line, version)), "{role:?} {version}: {requires:?}");
    }
    installed
}

/// The past is real: the installer takes it without us.
pub(crate) fn the_first_release_installs(scene: &Scene) {
    let registry = scene.first_foreign();
    let journey = Journey::released_once(scene, Sample::Six, registry);
    assert!(journey.registry().stored().keys().eq(scene.past(Sample::Six).keys()));
    let mut place = journey.world().install(journey.sandbox(), &journey.registry().read_url(), Role::App).versions;
    for role in [Role::App, Role::Core, Role::Legacy, Role::Speed] {
        assert_eq!(place.remove(journey.package(role).published).as_deref(), Some(role.version()), "{role:?}");
    }
    assert!(!place.contains_key(journey.package(Role::Bench).published), "{place:?}");
}
