//! What code of the repository finds out about secrets while it runs, and what becomes of what it leaves behind.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use releasekit_e2e::{Journey, Merge, Sample, Scene};
use releasekit_rehearsal::pypi::{Options, Server};
use releasekit_testkit::{Ran, run, skip};

/// The build backend and command that looks for canaries.
const SPY: &str = include_str!("spy.py");

/// What the guide says of machines that refuse namespaces.
const SENTENCE: &str = "Without namespaces, a build can read what the surroundings of releasekit show to its user: the \
                        environment of the shell or the CI runner that exported a token, and their memory where it may \
                        trace them.";

/// Secrets of every kind that a shell may have exported. The index takes any login.
const CANARIES: &[(&str, &str)] = &[
    ("UV_PUBLISH_TOKEN", "CANARY-upload"),
    ("GITHUB_TOKEN", "CANARY-forge"),
    ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "CANARY-identity"),
    ("SOMETHING_OF_THE_USERS", "CANARY-other"),
];

/// Somebody who owns nothing here.
const NOBODY: u32 = 65534;

/// As whom, and where, releasekit runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Ourselves,
    /// An ordinary user, for which the tests must be root's.
    Nobody,
    /// Ourselves, where namespaces are refused.
    Refused,
}

/// Two packages that were never released, and an index that takes any login.
fn unreleased(scene: &Scene) -> Journey {
    let index = Arc::new(Server::start(Options::default()).expect("loopback has a free port"));
    Journey::begun(scene, index, |sandbox| scene.world().write(Sample::Pair, sandbox))
}

/// A merged release whose first package looks for secrets when it is built.
fn begin(scene: &Scene) -> Journey {
    let journey = unreleased(scene);
    let sandbox = journey.sandbox();
    in_tree(&journey);
    sandbox.write("packages/base/spy.py", SPY);
    journey.configure("build_commands = [[\"python3\", \"packages/base/spy.py\"]]\n");
    sandbox.commit("feat: begin");
    journey.prepared().merge(Merge::Commit);
    journey
}

/// Lets the first package be built by a module of its own.
fn in_tree(journey: &Journey) {
    let manifest = journey.sandbox().read("packages/base/pyproject.toml");
    let at = manifest.find("[build-system]").expect("the sample names a build backend");
    let backend = "[build-system]\nrequires = []\nbuild-backend = \"spy\"\nbackend-path = [\".\"]\n";
    journey.sandbox().write("packages/base/pyproject.toml", format!("{}{backend}", &manifest[..at]));
}

/// A shell that has exported the canaries and waits for releasekit.
fn exporting_shell(journey: &Journey, who: Who, args: &[&str]) -> Command {
    let script = "\"$@\"; exit $?";
    let refusing = format!("echo 0 > /proc/sys/user/max_user_namespaces; {script}");
    let words = match who {
        Who::Refused => vec!["unshare", "--user", "--map-root-user", "sh", "-c", &refusing, "sh"],
        _ => vec!["sh", "-c", script, "sh"],
    };
    let mut shell = journey.sandbox().command(words[0]);
    shell.args(&words[1..]).envs(CANARIES.iter().copied()).env("PYTHONDONTWRITEBYTECODE", "1");
    shell.env_remove("UV_PUBLISH_USERNAME").env_remove("UV_PUBLISH_PASSWORD");
    if who == Who::Nobody {
        // The tools' python may lie in a home folder that only its owner enters.
        let uv = journey.tools().root().join("py/bin");
        shell.env("PATH", format!("{}:/usr/bin:/bin", uv.display())).env("UV_PYTHON", "/usr/bin/python3");
        shell.env("UV_CACHE_DIR", journey.sandbox().path().join("uv-cache")).uid(NOBODY).gid(NOBODY);
    }
    shell.arg(crate::binary()).args(args);
    shell
}

/// What the spy wrote down.
fn loot(journey: &Journey) -> String {
    fs::read_to_string(journey.sandbox().path().join("home/loot")).unwrap_or_default()
}

/// Nothing that was left behind looks any more.
#[track_caller]
fn assert_silent(journey: &Journey) {
    let before = loot(journey).len();
    thread::sleep(Duration::from_millis(300));
    assert_eq!(loot(journey).len(), before, "something that was left behind goes on");
}

/// Releases, and publishes without what `release` has built, and gives what was said and what was found.
#[track_caller]
fn release_and_publish(journey: &Journey, who: Who) -> (Ran, String) {
    let released = run(&mut exporting_shell(journey, who, &["release", "--yes"]));
    released.clone().ok();
    assert_silent(journey);
    fs::remove_dir_all(journey.sandbox().work().join(".git/releasekit")).expect("there is state");
    run(&mut exporting_shell(journey, who, &["publish", "--yes"])).ok();
    assert_silent(journey);
    let loot = loot(journey);
    for place in ["command", "sdist", "wheel", "later"] {
        assert!(loot.contains(&format!("{place} looked")), "{place}: {loot}");
    }
    (released, loot)
}

#[track_caller]
fn finds_nothing(journey: &Journey, who: Who) {
    let (released, loot) = release_and_publish(journey, who);
    assert!(!loot.contains("found"), "{loot}");
    assert!(released.stderr.contains("namespaces of their own: they see no other process"), "{released}");
    assert!(released.stderr.contains("left processes behind, which were ended: "), "{released}");
    assert!(released.stderr.contains("spy.py later"), "{released}");
}

#[expect(clippy::disallowed_methods, reason = "it asks this system, not a sandbox")]
fn has_namespaces() -> bool {
    let tried =
        Command::new("unshare").args(["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "true"]).output();
    let there = tried.is_ok_and(|output| output.status.success());
    if !there {
        skip("this system refuses namespaces");
    }
    there
}

#[test]
fn a_build_in_namespaces_finds_no_secret_anywhere() {
    let Some(scene) = super::scene() else { return };
    if has_namespaces() {
        finds_nothing(&begin(&scene), Who::Ourselves);
    }
}

#[test]
fn nor_does_one_of_an_ordinary_user() {
    let Some(scene) = super::scene() else { return };
    let is_root = rustix::process::geteuid().is_root();
    if !is_root || !Path::new("/usr/bin/python3").exists() {
        // Whoever is no root already is the ordinary user of the test above.
        return;
    }
    if has_namespaces() {
        let journey = begin(&scene);
        give_away(journey.sandbox().path());
        finds_nothing(&journey, Who::Nobody);
    }
}

/// Everything below a folder belongs to nobody from now on.
fn give_away(folder: &Path) {
    std::os::unix::fs::lchown(folder, Some(NOBODY), Some(NOBODY)).expect("root gives away");
    if folder.is_dir() && !folder.is_symlink() {
        for entry in fs::read_dir(folder).expect("root reads") {
            give_away(&entry.expect("root reads").path());
        }
    }
}

/// As in container jobs of CI, whose home folder belongs to the user of the machine around it.
#[test]
fn root_in_the_home_of_another_user_builds_with_caches_of_its_own() {
    let Some(scene) = super::scene() else { return };
    if !rustix::process::geteuid().is_root() || !has_namespaces() {
        return;
    }
    let journey = unreleased(&scene);
    journey.prepared().merge(Merge::Commit);
    let home = journey.sandbox().path().join("home");
    fs::remove_dir_all(home.join(".cache")).expect("root may");
    fs::create_dir(home.join(".cache")).expect("root may");
    give_away(&home);
    let ran = run(journey.command(["release", "--yes"]).env_remove("UV_CACHE_DIR"));
    ran.clone().ok();
    assert!(ran.stderr.contains("namespaces of their own"), "{ran}");
    assert!(home.join(".cache/releasekit/tools/uv").is_dir(), "{ran}");
    assert!(!home.join(".cache/uv").exists(), "{ran}");
}

#[test]
fn where_namespaces_are_refused_ours_shows_nothing_and_the_guide_says_what_the_rest_shows() {
    let Some(scene) = super::scene() else { return };
    if !has_namespaces() {
        return;
    }
    let journey = begin(&scene);
    let (released, loot) = release_and_publish(&journey, Who::Refused);
    let found: Vec<&str> = loot.lines().filter(|line| line.contains("found")).collect();
    assert!(found.iter().all(|line| !line.contains("releasekit")), "{found:?}");
    assert!(found.contains(&"wheel found environ sh"), "the exporting shell shows it, as the guide says: {found:?}");
    assert!(released.stderr.contains("builds run without namespaces of their own"), "{released}");
    assert!(released.stderr.contains("spy.py later"), "{released}");
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/security.md");
    let guide = fs::read_to_string(guide).expect("the guide is there").replace("\n> ", " ");
    assert!(guide.contains(SENTENCE), "{guide}");
}

/// Writes into a neighbour's folder, writes a file of nobody's anew as it was, and tells git of the export to say nothing of it.
const GENERATOR: &str = "
import pathlib

for name in ['src/duo_top/__init__.py', 'src/duo_top/new.py', '__pycache__/ignored.pyc']:
    path = pathlib.Path('../top') / name
    path.parent.mkdir(exist_ok=True)
    path.open('a').write('X = 1\\n')
same = pathlib.Path('../../.gitignore')
same.write_bytes(same.read_bytes())
pathlib.Path('../../.git/info/exclude').open('a').write('new.py\\n')
";

/// A code generator that writes where it should not is found out, whoever is being built beside it.
#[test]
fn a_build_that_changes_another_package_is_refused_by_name() {
    let Some(scene) = super::scene() else { return };
    let journey = unreleased(&scene);
    let sandbox = journey.sandbox();
    let spying = "    look(\"sdist\")\n    leave_behind()\n";
    sandbox.write("packages/base/spy.py", SPY.replace(spying, "    import generator\n"));
    sandbox.write("packages/base/generator.py", GENERATOR);
    in_tree(&journey);
    sandbox.commit("feat: generate code");
    journey.prepared().merge(Merge::Commit);
    for who in [Who::Ourselves, Who::Refused] {
        let ran = run(&mut exporting_shell(&journey, who, &["release", "--yes"])).code(1);
        assert!(ran.stderr.contains("RK-BUILD-CHANGED-OTHERS"), "{ran}");
        let named = "changed `packages/top/src/duo_top/__init__.py`, `packages/top/src/duo_top/new.py`\n";
        assert!(ran.stderr.contains(named), "{ran}");
        assert!(!journey.remote_refs().keys().any(|name| name.starts_with("refs/tags/")), "{ran}");
    }
}

/// What a command of `prepare` leaves as a link, new or in the place of a tracked file, is not read.
#[test]
fn a_link_that_a_command_made_is_not_followed_into_the_release_commit() {
    let Some(scene) = super::scene() else { return };
    let journey = unreleased(&scene);
    let login = journey.sandbox().path().join("home/.netrc");
    fs::write(&login, "machine x login y password CANARY-netrc\n").expect("the sandbox is writable");
    for place in ["packages/base/new.txt", "packages/base/src/duo_base/__init__.py"] {
        let command = format!("[\"ln\", \"-sf\", {:?}, {place:?}]", login.display().to_string());
        journey.configure(&format!("prepare_commands = [{command}]\n"));
        journey.sandbox().commit("feat: link");
        journey.sandbox().push();
        let ran = journey.releasekit(["prepare"]);
        assert!(!ran.success() && ran.stderr.contains("RK-EXPORT-PATH-OUTSIDE"), "{ran}");
        assert!(ran.stderr.contains(place) && !ran.stderr.contains("CANARY"), "{ran}");
        assert_eq!(journey.branch_tip(), None, "{ran}");
    }
}
