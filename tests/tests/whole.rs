//! The whole way of six packages that were released once, from commits to a verified release, and what must hold then.

use std::collections::BTreeMap;
use std::fs;

use releasekit_e2e::{Index, Journey, Merge, Venv, Watched, acme, past_of};
use releasekit_testkit::servers::{PASSWORD, PypiServer};
use releasekit_testkit::{Tools, run};

/// The next versions of what moves.
const NEXT: [(&str, &str); 4] =
    [("acme-app", "0.5.1"), ("acme-core", "0.4.0"), ("acme-stamp", "0.1.1"), ("acme_legacy", "1.4.3")];

/// Goes the whole way.
#[track_caller]
pub(crate) fn whole(tools: &Tools, index: impl Index + 'static, how: Merge) {
    let (index, proxy) = Watched::new(index);
    let journey = Journey::released_once(tools, crate::binary(), acme(), index);
    let before = journey.index().stored();
    change(&journey);
    prepare(&journey);
    let head = merge(&journey, how);
    release(&journey, &head);
    let (built, writes) = (journey.built(), proxy.writes());
    publish(&journey);
    assert_eq!(proxy.writes() - writes, built.len(), "each file is sent once");
    assert_eq!(without(&journey.index().stored(), &before), built, "the index serves what was built");

    assert_eq!(journey.planned(), BTreeMap::new(), "right after a release nothing is planned");
    journey.releasekit(["should-release"]).code(4);
    journey.releasekit(["status"]).ok();
    publish_again(&journey, || proxy.writes());
    install(&journey);
    keeps_the_secret(&journey);
}

/// Nothing that is kept holds the password.
fn keeps_the_secret(journey: &Journey) {
    let places = ["work/.git/releasekit", "second/.git/releasekit", "home", "receipt.json"];
    let mut grep = journey.sandbox().command("grep");
    let ran = run(grep
        .args(["--recursive", "--files-with-matches", PASSWORD])
        .args(places)
        .current_dir(journey.sandbox().path()));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran}");
}

/// A feature, a fix, and changes that must move nothing.
fn change(journey: &Journey) {
    journey.change("acme-core", "feat(core): greet twice");
    journey.change("acme-stamp", "fix(stamp): write the version down");
    journey.change("acme-speed", "docs: say how fast it is");
    journey.change("acme-bench", "feat(bench): measure more");
    journey.sandbox().push();
    assert_eq!(journey.planned(), NEXT.map(|(name, next)| (name.to_owned(), next.to_owned())).into());
}

fn prepare(journey: &Journey) {
    let before = journey.checkout();
    journey.releasekit(["prepare"]).ok();
    before.assert_same(&journey.checkout());
    let remote = journey.sandbox().remote();
    let moved =
        journey.sandbox().git_in(&remote, ["diff", "--numstat", "main", "releasekit--release--main", "--", "uv.lock"]);
    assert_eq!(moved.split_whitespace().take(2).collect::<Vec<_>>(), ["4", "4"], "a line of uv.lock for each package");
    let app = journey.proposed("packages/app/pyproject.toml");
    assert!(
        app.contains("version = \"0.5.1\"") && !app.contains("<0.4 "),
        "the requirement admits the new core\n{app}"
    );
    let log = journey.proposed("packages/core/CHANGELOG.md");
    assert!(log.contains("greet twice") && log.contains("0.4.0"), "{log}");
    let tip = journey.branch_tip();
    journey.releasekit(["prepare"]).ok();
    assert_eq!(journey.branch_tip(), tip, "preparing again changes nothing");
}

fn merge(journey: &Journey, how: Merge) -> String {
    if how == Merge::Rebase {
        // The branch no longer stands on the tip of `main`, so that its commit is made anew.
        journey.change("acme-speed", "docs: say it better");
        journey.sandbox().push();
    }
    journey.merge(how)
}

fn release(journey: &Journey, head: &str) {
    let before = journey.checkout();
    journey.releasekit(["release", "--yes"]).ok();
    for (name, next) in NEXT {
        assert_eq!(journey.remote_tag(&format!("{name}-v{next}")).as_deref(), Some(head), "{name}");
    }
    let refs = journey.remote_refs();
    assert_eq!(refs.keys().filter(|name| name.starts_with("refs/tags/")).count(), 5 + NEXT.len(), "{refs:?}");
    journey.releasekit(["release", "--yes"]).ok();
    assert_eq!(journey.remote_refs(), refs, "releasing again changes nothing");
    before.assert_same(&journey.checkout());
}

fn publish(journey: &Journey) {
    let before = journey.checkout();
    let receipt = journey.sandbox().path().join("receipt.json");
    let built = journey.built();
    assert_eq!(built.len(), 8, "a wheel and an sdist of each package are built before the first upload: {built:?}");
    journey.releasekit(["publish", "--yes", "--receipt", &receipt.to_string_lossy()]).ok();
    before.assert_same(&journey.checkout());
    let receipt = fs::read_to_string(&receipt).expect("the receipt is written");
    for (name, digest) in &built {
        assert!(receipt.contains(name) && receipt.contains(digest), "{name} {digest} is in the receipt\n{receipt}");
    }
}

/// Here, and from a clone that knows nothing of the first time.
fn publish_again(journey: &Journey, writes: impl Fn() -> usize) {
    let second = journey.clone("second", &[]);
    let (stored, sent) = (journey.index().stored(), writes());
    journey.releasekit(["publish", "--yes"]).ok();
    journey.releasekit_in(&second, ["publish", "--yes"]).ok();
    assert_eq!(writes(), sent, "nothing is sent again");
    assert_eq!(journey.index().stored(), stored);
}

fn install(journey: &Journey) {
    let venv = Venv::new(journey.sandbox(), "venv");
    venv.install(["--default-index", &journey.index().simple_url()], &["acme-app"]).ok();
    let expected = ["acme-app==0.5.1", "acme-core==0.4.0", "acme-legacy==1.4.3", "acme-speed==0.2.0"];
    assert_eq!(venv.freeze(), expected);
    let requires = venv.requires("acme_app", "0.5.1");
    assert_eq!(requires.len(), 2, "{requires:?}");
    assert!(requires.iter().all(|line| line.contains("==")), "{requires:?}");
    assert!(requires.iter().any(|line| line.contains("acme-core[fast]==0.4.0") && line.contains("python_version")));
    assert!(venv.requires("acme_core", "0.4.0")[0].starts_with("acme-speed==0.2.0"));
    let stamp = venv.python("from acme_legacy.stamped import STAMPED_BY; print(STAMPED_BY)");
    assert_eq!(stamp, "0.1.1", "it was built with the sibling of the same release");
}

/// What is in the one and not in the other.
fn without(all: &BTreeMap<String, String>, some: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    all.iter()
        .filter(|(name, _)| !some.contains_key(*name))
        .map(|(name, digest)| (name.clone(), digest.clone()))
        .collect()
}

/// The past is real: uv alone can install it.
#[test]
fn the_first_release_installs() {
    let Some(tools) = Tools::require() else { return };
    let index = PypiServer::start(&tools);
    let journey = Journey::released_once(&tools, crate::binary(), acme(), index);
    assert_eq!(journey.index().stored().len(), past_of(&acme(), &tools).len());
    let venv = Venv::new(journey.sandbox(), "venv");
    venv.install(["--default-index", &journey.index().simple_url()], &["acme-app"]).ok();
    let expected = ["acme-app==0.5.0", "acme-core==0.3.1", "acme-legacy==1.4.2", "acme-speed==0.2.0"];
    assert_eq!(venv.freeze(), expected);
}
