//! Code of the repository that plants what a later program with credentials would read: it is refused by name, whatever
//! keeps such code apart or does not, and nothing is pushed or sent.

use std::fs;
use std::process::Command;
use std::sync::Arc;

use releasekit_e2e::{Journey, Merge, Sample, Scene};
use releasekit_rehearsal::pypi::{Options, Server};
use releasekit_testkit::{Ran, run, skip};

const SECRET: &str = "tok-CANARY";

/// Writes the program of the attack, and a line into the file that is named, as somebody would who may.
const PLANT: &str = r#"
import os, pathlib, sys
home = pathlib.Path(os.environ["HOME"])
evil = home / "evil.py"
evil.write_text("import os, sys\nopen(os.environ['HOME'] + '/loot', 'w').write(str(dict(os.environ)))\n"
                "os.execvp('git-receive-pack', ['git-receive-pack'] + sys.argv[1:])\n")
git = pathlib.Path(open(".git/objects/info/alternates").read().strip()).parent
file = {"GIT": git, "WORK": git.parent, "HOME": home}[sys.argv[1]] / sys.argv[2]
file.parent.mkdir(parents=True, exist_ok=True)
file.open("a").write(pathlib.Path("planted").read_text().replace("EVIL", str(evil)))
"#;

/// A file, from the repository's git folder, its work tree or the home folder, and what is planted there.
type Planted = (&'static str, &'static str, &'static str);

const RECEIVER: &str = "[remote \"origin\"]\n\treceivepack = python3 EVIL\n";

const IN_GIT: Planted = ("GIT", "config", RECEIVER);

/// What says where the next `publish` sends files.
const IN_WORK_TREE: Planted = ("WORK", "releasekit.toml", "[packages.duo-base]\npublish_url = 'http://127.0.0.1:9/'\n");

const OF_THE_USER: &[Planted] = &[
    ("HOME", ".gitconfig", RECEIVER),
    ("HOME", ".config/uv/uv.toml", "http-proxy = 'http://127.0.0.1:9'\n"),
    ("HOME", ".netrc", "machine 127.0.0.1 login thief password thief\n"),
];

struct Setup {
    journey: Journey,
    server: Arc<Server>,
}

impl Setup {
    /// A workspace whose configuration plants a file, in `build_commands` or `prepare_commands`.
    #[track_caller]
    fn new(scene: &Scene, commands: &str, (base, file, text): Planted) -> Self {
        let server = Arc::new(Server::start(Options::default()).expect("loopback has a free port"));
        let journey = Journey::begun(scene, server.clone(), |sandbox| scene.world().write(Sample::Pair, sandbox));
        journey.sandbox().write("plant.py", PLANT);
        journey.sandbox().write("planted", text);
        journey.configure(&format!("{commands} = [[\"python3\", \"plant.py\", \"{base}\", \"{file}\"]]\n"));
        journey.sandbox().commit("feat: begin");
        journey.sandbox().push();
        Self { journey, server }
    }

    /// Runs releasekit where namespaces are refused, so that nothing but what is tested here stands in the way.
    fn run(&self, args: &[&str]) -> Ran {
        let script = "echo 0 > /proc/sys/user/max_user_namespaces; exec \"$@\"";
        let mut command = self.journey.sandbox().command("unshare");
        command.args(["--user", "--map-root-user", "sh", "-c", script, "sh"]);
        command.env("GITHUB_TOKEN", SECRET).env("UV_PUBLISH_TOKEN", SECRET);
        command.env_remove("UV_PUBLISH_USERNAME").env_remove("UV_PUBLISH_PASSWORD");
        run(command.arg(crate::binary()).args(args))
    }

    /// The command is refused, and names the file; nothing has run that was planted.
    #[track_caller]
    fn refused(&self, args: &[&str], file: &str) {
        let ran = self.run(args);
        ran.clone().code(1);
        assert!(ran.stderr.contains("error[RK-BUILD-CHANGED-OTHERS]"), "{ran}");
        assert!(ran.stderr.contains(&format!("/{file}`")), "{ran}");
        assert!(!self.journey.sandbox().path().join("home/loot").exists(), "what was planted ran: {ran}");
        assert!(self.server.writes().is_empty(), "{ran}");
    }
}

#[expect(clippy::disallowed_methods, reason = "it asks this system, not a sandbox")]
fn can_refuse_namespaces() -> bool {
    let tried = Command::new("unshare").args(["--user", "--map-root-user", "true"]).output();
    let can = tried.is_ok_and(|output| output.status.success());
    if !can {
        skip("this system refuses namespaces");
    }
    can
}

#[test]
fn what_a_build_command_plants_is_named_and_no_tag_is_pushed() {
    let Some(scene) = super::scene() else { return };
    if !can_refuse_namespaces() {
        return;
    }
    for planted in OF_THE_USER.iter().copied().chain([IN_GIT, IN_WORK_TREE]) {
        let setup = Setup::new(&scene, "build_commands", planted);
        setup.journey.prepared().merge(Merge::Commit);
        setup.refused(&["release", "--yes"], planted.1);
        let refs = setup.journey.remote_refs();
        assert!(!refs.keys().any(|name| name.starts_with("refs/tags/")), "{refs:?}");
    }
}

#[test]
fn nothing_is_sent_after_a_build_for_publishing_plants_a_file() {
    let Some(scene) = super::scene() else { return };
    if !can_refuse_namespaces() {
        return;
    }
    for planted in OF_THE_USER.iter().copied().chain([IN_GIT, IN_WORK_TREE]) {
        let setup = Setup::new(&scene, "build_commands", planted);
        setup.journey.prepared().merge(Merge::Commit);
        setup.journey.releasekit(["release", "--yes", "--no-build"]).code(0);
        setup.refused(&["publish", "--yes"], planted.1);
    }
}

#[test]
fn what_a_prepare_command_plants_is_named_and_no_branch_is_pushed() {
    let Some(scene) = super::scene() else { return };
    if !can_refuse_namespaces() {
        return;
    }
    for planted in OF_THE_USER.iter().copied().chain([IN_GIT, IN_WORK_TREE]) {
        let setup = Setup::new(&scene, "prepare_commands", planted);
        let before = setup.journey.remote_refs();
        setup.refused(&["prepare"], planted.1);
        assert_eq!(setup.journey.remote_refs(), before);
    }
}

/// A file that is as it was hinders nobody, however often it is read.
#[test]
fn settings_that_nobody_touches_hinder_nothing() {
    let Some(scene) = super::scene() else { return };
    let index = Arc::new(Server::start(Options::default()).expect("loopback has a free port"));
    let journey = Journey::begun(&scene, index.clone(), |sandbox| scene.world().write(Sample::Pair, sandbox));
    let home = journey.sandbox().path().join("home");
    fs::create_dir_all(home.join(".config/uv")).expect("the sandbox is writable");
    fs::write(home.join(".config/uv/uv.toml"), "").expect("the sandbox is writable");
    fs::write(home.join("settings"), "[core]\n").expect("the sandbox is writable");
    journey.sandbox().git(["config", "--global", "include.path", "~/settings"]);
    journey.prepared().merge(Merge::Commit);
    journey.releasekit(["release", "--yes"]).code(0);
    journey.releasekit(["publish", "--yes"]).code(0);
    assert!(!index.stored().is_empty());
}
