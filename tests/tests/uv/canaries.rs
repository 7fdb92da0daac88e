//! A canary of each kind of credential goes the whole way, past an index that quotes everything back, and is heard nowhere.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use releasekit_e2e::worlds::uv::{BuildBackend, Member, write};
use releasekit_e2e::{Journey, Merge, Quotes, Quoting, Scene};
use releasekit_rehearsal::pypi::{Options, Server};
use releasekit_testkit::{Ran, run};

/// What every canary begins with.
const CANARY: &str = "c4n4ry";

/// Writes down what a build sees, and says it too.
const SETUP: &str = "\
import json, os, sys, tempfile
from setuptools import setup

seen = os.path.join(os.environ.get('TMPDIR', '/tmp'), 'seen-by-a-build-%d.json' % os.getpid())
json.dump(dict(os.environ), open(seen, 'w'))
sys.stderr.write(json.dumps(dict(os.environ)))
setup()
";

const MEMBERS: &[Member] = &[Member {
    backend: BuildBackend::Setuptools,
    files: &[("setup.py", SETUP)],
    ..Member::new("aviary", "packages/aviary", "0.1.0")
}];

/// Credentials that are there whatever happens: of forges, of jobs, and those from which others are minted.
const ALWAYS: &[(&str, &str)] = &[
    ("GITHUB_TOKEN", "c4n4ry-github-token"),
    ("GH_TOKEN", "c4n4ry-gh-token"),
    ("GITLAB_TOKEN", "c4n4ry-gitlab-token"),
    ("CI_JOB_TOKEN", "c4n4ry-job-token"),
    ("CI_JOB_JWT_V2", "c4n4ry-job-jwt"),
    ("PYPI_ID_TOKEN", "c4n4ry-id-token"),
    ("SIGSTORE_ID_TOKEN", "c4n4ry-sigstore-token"),
    ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "c4n4ry-request-token"),
    ("ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1:9/?audience=c4n4ry-request-url"),
    ("ACTIONS_RUNTIME_TOKEN", "c4n4ry-runtime-token"),
    ("NPM_TOKEN", "c4n4ry-npm-token"),
    ("TWINE_PASSWORD", "c4n4ry-twine-password"),
    ("UV_INDEX_HOUSE_PASSWORD", "c4n4ry-index-password"),
];

/// Ways in which uv is told who uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Token,
    Password,
    Netrc,
    NetrcDefault,
    Keyring,
}

const KINDS: [Kind; 5] = [Kind::Token, Kind::Password, Kind::Netrc, Kind::NetrcDefault, Kind::Keyring];

const LEVELS: [&[&str]; 5] = [&[], &["-v"], &["-q"], &["--log-format", "json"], &["-v", "--log-format", "json"]];

impl Kind {
    fn secret(self) -> &'static str {
        match self {
            Self::Token => "c4n4ry-upload-token",
            Self::Password => "c4n4ry-upload-password",
            Self::Netrc => "c4n4ry-netrc-password",
            Self::NetrcDefault => "c4n4ry-default-password",
            Self::Keyring => "c4n4ry-keyring-password",
        }
    }

    fn user(self) -> &'static str {
        if self == Self::Token { "__token__" } else { "joe" }
    }

    fn variables(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Token => &[("UV_PUBLISH_TOKEN", "c4n4ry-upload-token")],
            Self::Password => &[("UV_PUBLISH_USERNAME", "joe"), ("UV_PUBLISH_PASSWORD", "c4n4ry-upload-password")],
            Self::Netrc | Self::NetrcDefault => &[],
            Self::Keyring => &[("UV_PUBLISH_USERNAME", "joe"), ("UV_KEYRING_PROVIDER", "subprocess")],
        }
    }

    /// What lies in the home folder for it.
    fn netrc(self) -> Option<String> {
        let host = match self {
            Self::Netrc => "machine 127.0.0.1",
            Self::NetrcDefault => "default",
            _ => return None,
        };
        Some(format!("{host} login joe password {}\n", self.secret()))
    }
}

/// A journey, and what was heard on its way.
struct Aviary {
    journey: Journey,
    index: Arc<Quoting>,
}

impl Aviary {
    #[track_caller]
    fn begin(scene: &Scene) -> Self {
        let index = Quoting::before(Arc::new(Server::start(Options::default()).expect("loopback has a free port")));
        let journey = Journey::begun(scene, index.clone(), |sandbox| write(MEMBERS, sandbox));
        let commands = "build_commands = [[\"sh\", \"-c\", \"env > $TMPDIR/seen-by-a-command; env\"]]\n\
                        prepare_commands = [[\"sh\", \"-c\", \"env > $TMPDIR/seen-in-prepare; env\"]]\n";
        journey.configure(commands);
        journey.sandbox().commit("feat: sing");
        journey.sandbox().push();
        let keyring = journey.sandbox().path().join("bin/keyring");
        fs::write(&keyring, format!("#!/bin/sh\n[ $1 = get ] && echo {}\n", Kind::Keyring.secret())).expect("ours");
        fs::set_permissions(&keyring, fs::Permissions::from_mode(0o755)).expect("ours");
        Self { journey, index }
    }

    /// Tells uv who uploads.
    fn tell(&self, kind: Kind) {
        let netrc = self.journey.sandbox().path().join("home/.netrc");
        // There may be none.
        let _ = fs::remove_file(&netrc);
        if let Some(text) = kind.netrc() {
            fs::write(&netrc, text).expect("ours");
            fs::set_permissions(&netrc, fs::Permissions::from_mode(0o600)).expect("ours");
        }
    }

    fn command(&self, kind: Kind, args: &[&str]) -> Command {
        let mut command = self.journey.command(args);
        command.env_remove("UV_PUBLISH_USERNAME").env_remove("UV_PUBLISH_PASSWORD");
        command.envs(ALWAYS.iter().chain(kind.variables()).copied());
        let house = self.journey.registry().read_url().replacen("//", "//c4n4ry-url-user:c4n4ry-url-password@", 1);
        command.env("UV_INDEX", format!("house={house}"));
        command
    }

    /// Runs the command at a level of verbosity while the arguments of all processes are looked at, and listens.
    #[track_caller]
    fn runs(&self, kind: Kind, level: &[&str], args: &[&str]) -> Ran {
        self.tell(kind);
        let args = [level, args].concat();
        let ended = AtomicBool::new(false);
        let (ran, shown) = thread::scope(|scope| {
            let watching = scope.spawn(|| watch(&ended));
            let ran = run(&mut self.command(kind, &args));
            ended.store(true, Ordering::SeqCst);
            (ran, watching.join().expect("it watches"))
        });
        assert_eq!(shown, BTreeSet::new(), "{kind:?} {args:?}: arguments that anybody can read");
        for form in forms() {
            assert!(!ran.stdout.contains(&form) && !ran.stderr.contains(&form), "{kind:?}: {form}\n{ran}");
        }
        ran
    }

    /// Publishes to the index that quotes. What never came to it could not be quoted, and would show nothing.
    #[track_caller]
    fn is_refused(&self, kind: Kind, level: &[&str], is_sent: bool) {
        self.index.seen();
        let ran = self.runs(kind, level, &["publish", "--yes"]);
        assert!(ran.code.is_some_and(|code| code != 0), "{kind:?}\n{ran}");
        let sent = format!("{}:{}", kind.user(), kind.secret());
        assert_eq!(self.index.seen().contains(&sent), is_sent, "{kind:?}\n{ran}");
        assert!(!is_sent || level.contains(&"-q") || ran.stderr.contains("***"), "it is quoted\n{ran}");
    }

    /// The files of the sandbox in which a canary is heard, but those that we have put there.
    fn heard(&self) -> Vec<PathBuf> {
        let root = self.journey.sandbox().path();
        let ours = [root.join("home/.netrc"), root.join("bin/keyring")];
        let forms = forms();
        let mut heard = Vec::new();
        let mut waiting = vec![root.to_owned()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).expect("readable").flatten() {
                let (path, kind) = (entry.path(), entry.file_type().expect("known"));
                if kind.is_dir() {
                    waiting.push(path);
                } else if kind.is_file() && !ours.contains(&path) {
                    let text = String::from_utf8_lossy(&fs::read(&path).expect("readable")).into_owned();
                    heard.extend(forms.iter().any(|form| text.contains(form)).then_some(path));
                }
            }
        }
        heard
    }
}

/// Every form in which a canary would be heard: as it is, and in base64 and hexadecimal digits wherever it begins.
fn forms() -> Vec<String> {
    let hexadecimal: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![CANARY.to_owned(), hexadecimal.to_uppercase(), hexadecimal];
    for before in 0..3_usize {
        let bytes = [&[0; 2][..before], CANARY.as_bytes()].concat();
        let digits = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        forms.push(STANDARD_NO_PAD.encode(&bytes)[digits.clone()].to_owned());
        forms.push(URL_SAFE_NO_PAD.encode(&bytes)[digits].to_owned());
    }
    forms
}

/// The command lines with a canary in them, of any process, until it is told to end.
fn watch(ended: &AtomicBool) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    while !ended.load(Ordering::SeqCst) {
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            if line.contains(CANARY) && !line.contains("grep") {
                shown.insert(line);
            }
        }
        thread::sleep(Duration::from_millis(2));
    }
    shown
}

#[test]
fn no_credential_is_heard_on_the_whole_way() {
    let Some(scene) = super::scene() else { return };
    let aviary = Aviary::begin(&scene);
    for (kind, level) in KINDS.into_iter().zip(LEVELS) {
        aviary.runs(kind, level, &["prepare"]).code(0);
    }
    aviary.journey.merge(Merge::Commit);
    for (kind, level) in KINDS.into_iter().zip(LEVELS) {
        aviary.runs(kind, level, &["release", "--yes"]).code(0);
    }
    aviary.index.quote(Quotes::Uploads);
    for (kind, level) in KINDS.into_iter().flat_map(|kind| LEVELS.map(|level| (kind, level))) {
        aviary.is_refused(kind, level, true);
    }
    aviary.index.quote(Quotes::Reads);
    for (kind, level) in KINDS.into_iter().zip(LEVELS) {
        aviary.is_refused(kind, level, kind.netrc().is_some());
    }
    aviary.index.quote(Quotes::Nothing);
    for (kind, level) in KINDS.into_iter().zip(LEVELS) {
        aviary.runs(kind, level, &["publish", "--yes"]).code(0);
        aviary.runs(kind, level, &["status"]).code(0);
    }
    assert_eq!(aviary.journey.registry().stored().len(), 2);
    let tmp = aviary.journey.sandbox().path().join("tmp");
    let seen = |name: &str| named(&tmp, name);
    assert!(seen("seen-by-a-build") && seen("seen-by-a-command") && seen("seen-in-prepare"), "the builds looked");
    assert_eq!(aviary.heard(), Vec::<PathBuf>::new());
}

fn named(folder: &Path, name: &str) -> bool {
    fs::read_dir(folder).expect("readable").flatten().any(|entry| entry.file_name().to_string_lossy().starts_with(name))
}
