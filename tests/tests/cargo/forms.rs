//! Every form in which a crate can need another, and every way to say where a crate goes, from the first release to an empty plan:
//! to a registry that others wrote in the place of crates.io, and to one of this process by its name.
//!
//! ```text
//! base  macros  gen  house (publish = ["other"])        (level 0)
//!  ▲ renamed      ▲
//! util            │                                     (level 1)
//!  ▲ target       │ build
//! app ────────────┘  and base inherited, macros optional (level 2)
//!  ▲
//! tests (private)
//! ```
//!
//! base, whose version util has too, is tried with util: a circle of developers.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use releasekit_core::Secret;
use releasekit_e2e::worlds::cargo::Project;
use releasekit_e2e::{Journey, Login, Merge, Proxy, Registry, Scene, Watched};
use releasekit_rehearsal::File;
use releasekit_rehearsal::cargo::{Options, Server};
use releasekit_testkit::{Ran, Sandbox};

const ROOT: &str = "\
[workspace]
resolver = \"2\"
members = [\"crates/*\"]

[workspace.package]
version = \"0.3.0\"
edition = \"2021\"
license = \"MIT\"

[workspace.dependencies]
forms-base = { path = \"crates/base\", version = \"0.3\" }
";

/// The name, the rest of `[package]`, and the other tables.
const MEMBERS: &[(&str, &str, &str)] = &[
    (
        "base",
        "version.workspace = true",
        "[dev-dependencies]\nforms-util = { path = \"../util\", version = \"0.3\" }\n",
    ),
    ("macros", "version = \"0.2.0\"", ""),
    ("gen", "version = \"1.0.0\"", ""),
    (
        "util",
        "version.workspace = true",
        "[dependencies]\nground = { package = \"forms-base\", path = \"../base\", version = \"0.3\" }\n",
    ),
    (
        "app",
        "version = \"0.1.0\"",
        "[features]\nfast = [\"dep:forms-macros\"]\n\n\
         [dependencies]\nforms-base.workspace = true\n\
         forms-macros = { path = \"../macros\", version = \"0.2\", optional = true }\n\n\
         [target.'cfg(unix)'.dependencies.forms-util]\npath = \"../util\"\nversion = \"0.3\"\n\n\
         [build-dependencies]\nforms-gen = { path = \"../gen\", version = \"1\" }\n",
    ),
    ("house", "version = \"0.1.0\"\npublish = [\"other\"]", "[dev-dependencies]\nforms-app = { path = \"../app\" }\n"),
    ("tests", "version = \"0.0.0\"\npublish = false", "[dependencies]\nforms-app = { path = \"../app\" }\n"),
];

fn write(sandbox: &Sandbox, other: &str) {
    sandbox.write("Cargo.toml", ROOT);
    sandbox.write(".gitignore", "target/\n");
    sandbox.write(".cargo/config.toml", format!("[registries.other]\nindex = \"{other}\"\n"));
    for (name, keys, tables) in MEMBERS {
        let package = format!(
            "[package]\nname = \"forms-{name}\"\n{keys}\nedition.workspace = true\nlicense.workspace = true\n\
             description = \"The {name} of a test\"\n\n{tables}"
        );
        sandbox.write(format!("crates/{name}/Cargo.toml"), package);
        sandbox.write(format!("crates/{name}/src/lib.rs"), "//! Forms.\n");
    }
    sandbox.write("crates/app/build.rs", "use forms_gen as _;\n\nfn main() {}\n");
    sandbox.run("cargo", ["generate-lockfile", "--quiet", "--offline"]).ok();
}

/// The workspace and its two registries.
struct Forms {
    journey: Journey,
    /// Before the one in the place of crates.io.
    proxy: Arc<Proxy>,
    other: Server,
    token: &'static str,
}

impl Forms {
    #[track_caller]
    fn begun(scene: &Scene) -> Self {
        let [(_, token)] = scene.world().login(Login::Right)[..] else { unreachable!("a token is all it takes") };
        let other = Server::start(Options::default().with_owner("house", Secret::new(token)));
        let other = other.expect("loopback has a free port");
        let (registry, proxy) = Watched::new(scene.foreign("ferro"));
        let journey = Journey::begun(scene, registry, |sandbox| write(sandbox, &other.index_url()));
        Self { journey, proxy, other, token }
    }

    #[track_caller]
    fn publish(&self, folder: &Path) -> Ran {
        let mut command = self.journey.command(["publish", "--yes"]);
        command.current_dir(folder).env("CARGO_REGISTRIES_OTHER_TOKEN", self.token);
        releasekit_testkit::run(&mut command).code(0)
    }

    /// From commits to what is live. What is stored then is what was built, in the registry that each crate is for.
    #[track_caller]
    fn release(&self) {
        let [before, before_other] = [self.journey.registry().stored(), self.other.stored()];
        self.journey.prepared().merge(Merge::Squash);
        self.journey.releasekit(["release", "--yes"]).ok();
        let built = self.journey.built();
        let (writes, other_writes) = (self.proxy.writes(), self.other.writes().len());
        self.publish(&self.journey.sandbox().work());
        let [new, new_other] = [(self.journey.registry().stored(), before), (self.other.stored(), before_other)]
            .map(|(after, before)| without(after, &before));
        let (of_house, of_all) = built.into_iter().partition(|(file, _)| file.package == "forms-house");
        assert_eq!((&new, &new_other), (&of_all, &of_house), "what is listed has the checksums of what was built");
        let sent = (self.proxy.writes() - writes, self.other.writes().len() - other_writes);
        assert_eq!(sent, (new.len(), new_other.len()), "each file is sent once");
        assert_eq!(self.journey.planned(), BTreeMap::new(), "right after a release nothing is planned");
    }

    #[track_caller]
    fn change(&self, name: &str, message: &str) {
        let source = format!("crates/{name}/src/lib.rs");
        let text = format!("{}// {message}\n", self.journey.sandbox().read(&source));
        self.journey.sandbox().write(&source, text);
        self.journey.sandbox().commit(message);
    }
}

/// What is there now and was not before.
fn without(mut after: BTreeMap<File, String>, before: &BTreeMap<File, String>) -> BTreeMap<File, String> {
    after.retain(|file, _| !before.contains_key(file));
    after
}

#[test]
fn every_form_goes_from_commits_to_what_is_installed() {
    let Some(scene) = super::scene() else { return };
    let forms = Forms::begun(&scene);
    let journey = &forms.journey;
    forms.change("app", "feat: begin");
    forms.release();
    forms.change("base", "feat(base): stand on more");
    forms.change("gen", "fix(gen): write less");
    forms.change("house", "fix(house): shut the door");
    let next = [("app", "0.1.1"), ("base", "0.4.0"), ("gen", "1.0.1"), ("house", "0.1.1"), ("util", "0.4.0")];
    journey.sandbox().push();
    assert_eq!(journey.planned(), next.map(|(name, next)| (format!("forms-{name}"), next.to_owned())).into());
    forms.release();

    moves_requirements_wherever_they_stand(journey);
    sends_nothing_again(&forms);
    installs(&forms);
}

#[track_caller]
fn moves_requirements_wherever_they_stand(journey: &Journey) {
    for (file, lines) in [
        ("Cargo.toml", ["version = \"0.4.0\"", "forms-base = { path = \"crates/base\", version = \"0.4\" }"]),
        ("crates/base/Cargo.toml", ["version.workspace = true", "{ path = \"../util\", version = \"0.4\" }"]),
        (
            "crates/util/Cargo.toml",
            [
                "version.workspace = true",
                "ground = { package = \"forms-base\", path = \"../base\", version = \"0.4\" }",
            ],
        ),
        ("crates/app/Cargo.toml", ["version = \"0.1.1\"", "path = \"../util\"\nversion = \"0.4\"\n"]),
        (
            "crates/app/Cargo.toml",
            ["forms-base.workspace = true", "forms-gen = { path = \"../gen\", version = \"1\" }"],
        ),
    ] {
        let text = journey.sandbox().read(file);
        assert!(lines.iter().all(|line| text.contains(line)), "{file}\n{text}");
    }
}

/// Here, and in a clone of the last commit alone that knows nothing of the first time.
#[track_caller]
fn sends_nothing_again(forms: &Forms) {
    let shallow = forms.journey.clone("shallow", &["--depth", "1"]);
    let writes = || (forms.proxy.writes(), forms.other.writes().len());
    let before = writes();
    for folder in [forms.journey.sandbox().work(), shallow] {
        forms.publish(&folder);
    }
    assert_eq!(writes(), before);
}

#[track_caller]
fn installs(forms: &Forms) {
    let (sandbox, index) = (forms.journey.sandbox(), forms.journey.registry().read_url());
    let installed = Project::new(sandbox, "project", &index).add("forms-app").installed();
    for (name, version) in [("app", "0.1.1"), ("base", "0.4.0"), ("util", "0.4.0"), ("gen", "1.0.1")] {
        assert_eq!(
            installed.versions.get(&format!("forms-{name}")).map(String::as_str),
            Some(version),
            "{installed:?}"
        );
    }
    assert_eq!(installed.requires["forms-util"], ["forms-base ^0.4"]);
    assert!(!installed.requires.contains_key("forms-macros"), "nobody asked for it: {installed:?}");
    assert_eq!(installed.requires["forms-base"], [""; 0], "what only its developers need is not published");
    let project = Project::new(sandbox, "at-home", &index);
    let installed = project.add_from("forms-house", "other", &forms.other.index_url()).installed();
    assert_eq!(installed.versions["forms-house"], "0.1.1");
}
