//! Every form in which a package can need another, and every way to say where a package goes and what it is made of, through requests
//! on a forge, from the first release to an empty plan: to a registry that others wrote, and to one of this process by its scope.
//!
//! ```text
//! base   gen (makes dist/)   kit (publishes build/)   @house/lock   (level 0)
//!  ▲ ▲     ▲ ~                 ▲ optional                ▲
//!  │ └ util┘ alias             │                         │          (level 1)
//!  └ peer ── plugin ───────────┘                         │
//!      ▲       ▲ range, util by its path                 │
//!     app ─────┘  and base and gen by catalogs ──────────┘          (level 2)
//!      ▲
//!    tests (private)
//! ```

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use releasekit_core::Secret;
use releasekit_core::forge::MergeMethod;
use releasekit_e2e::worlds::pnpm::{Installer, Js, Project};
use releasekit_e2e::{Hub, Journey, Proxy, Registry as _, Scene, Watched};
use releasekit_rehearsal::File;
use releasekit_rehearsal::npm::{Options, Server};
use releasekit_testkit::servers::{TOKEN, Verdaccio};
use releasekit_testkit::{Pnpm, Ran, Sandbox, Tools, run};
use serde_json::Value;

const WORKSPACE: &str = "\
# Where members are.
packages:
  - 'packages/*' # all of them
  - '!packages/old'

linkWorkspacePackages: true
minimumReleaseAge: 0

catalog:
  '@forms/base': ^0.3.0
  outsider: ^1.0.0
catalogs:
  tools:
    '@forms/gen': ~1.0.0
";

/// Makes what is packed of two members. It is given no secret.
const SCRIPT: &str = "\
const fs = require('node:fs')
if (Object.values(process.env).some((value) => value.includes('<token>'))) process.exit(3)
fs.mkdirSync('packages/gen/dist', { recursive: true })
fs.writeFileSync('packages/gen/dist/index.js', `exports.made = true\\n${fs.readFileSync('packages/gen/index.js')}`)
fs.mkdirSync('packages/kit/build', { recursive: true })
for (const file of ['package.json', 'index.js']) fs.copyFileSync(`packages/kit/${file}`, `packages/kit/build/${file}`)
";

/// The folder, the name, and the rest of the package file.
const MEMBERS: &[(&str, &str, &str)] = &[
    ("base", "@forms/base", r#""version": "0.3.0", "main": "index.js""#),
    ("gen", "@forms/gen", r#""version": "1.0.0", "main": "dist/index.js", "files": ["dist"]"#),
    ("kit", "@forms/kit", r#""version": "0.2.0", "main": "index.js", "publishConfig": {"directory": "build"}"#),
    ("lock", "@house/lock", r#""version": "0.1.0", "main": "index.js""#),
    (
        "util",
        "@forms/util",
        r#""version": "0.3.0", "main": "index.js",
  "dependencies": {"ground": "workspace:@forms/base@^", "@forms/gen": "workspace:~", "outsider": "catalog:"}"#,
    ),
    (
        "plugin",
        "@forms/plugin",
        r#""version": "0.1.0", "main": "index.js",
  "peerDependencies": {"@forms/base": "workspace:^"},
  "devDependencies": {"@forms/base": "workspace:*"},
  "optionalDependencies": {"@forms/kit": "workspace:*"}"#,
    ),
    (
        "app",
        "forms-app",
        r#""version": "0.1.0", "main": "index.js", "publishConfig": {"access": "public"},
  "dependencies": {
    "@forms/base": "catalog:",
    "@forms/gen": "catalog:tools",
    "@forms/plugin": "workspace:^0.1.0",
    "@forms/util": "workspace:../util",
    "@house/lock": "^0.1.0"
  }"#,
    ),
    ("tests", "forms-tests", r#""version": "0.0.0", "private": true, "devDependencies": {"forms-app": "workspace:*"}"#),
];

/// The next versions of what moves in the second release.
const NEXT: [(&str, &str); 6] = [
    ("@forms/base", "0.4.0"),
    ("@forms/gen", "1.0.1"),
    ("@forms/plugin", "0.1.1"),
    ("@forms/util", "0.3.1"),
    ("@house/lock", "0.1.1"),
    ("forms-app", "0.1.1"),
];

fn write(sandbox: &Sandbox, registry: &str, house: &str) {
    sandbox.write("package.json", "{\"private\": true}\n").write("pnpm-workspace.yaml", WORKSPACE);
    sandbox.write(".gitignore", "node_modules/\ndist/\nbuild/\n");
    // Where what is installed comes from, and whom anything else of it is sent to is never asked.
    sandbox.write(".npmrc", format!("registry={registry}\n@house:registry={house}\n"));
    sandbox.write("make.js", SCRIPT.replace("<token>", TOKEN));
    for (folder, name, rest) in MEMBERS {
        let manifest = format!("{{\n  \"name\": \"{name}\",\n  \"license\": \"MIT\",\n  {rest}\n}}\n");
        sandbox.write(format!("packages/{folder}/package.json"), manifest);
        sandbox.write(format!("packages/{folder}/index.js"), format!("exports.name = '{name}'\n"));
    }
    sandbox.run("pnpm", ["install", "--lockfile-only", "--ignore-scripts"]).ok();
}

/// The workspace, its two registries and its forge.
struct Forms {
    journey: Journey,
    hub: Hub,
    verdaccio: Arc<Verdaccio>,
    /// Before it.
    proxy: Arc<Proxy>,
    house: Server,
}

impl Forms {
    #[track_caller]
    fn begun(scene: &Scene) -> Self {
        let house = Server::start(Options::default().with_publisher("house", Secret::new(TOKEN)));
        let house = house.expect("loopback has a free port");
        let js = scene.tools().javascript().expect("the scene is there");
        let verdaccio = Arc::new(Verdaccio::start(scene.tools(), &js));
        outsider(&verdaccio);
        let (registry, proxy) = Watched::new(verdaccio.clone());
        let url = registry.read_url();
        let journey = Journey::begun(scene, registry, |sandbox| {
            let login = house.registry_url().replace("http:", "");
            sandbox.write("../home/.npmrc", format!("{login}:_authToken={TOKEN}\n"));
            write(sandbox, &url, &house.registry_url());
        });
        let hub = Hub::start();
        let journey = journey.on_forge(&hub);
        journey.configure("build_commands = [[\"node\", \"make.js\"]]\n");
        journey.sandbox().commit("build: make what is packed");
        Self { journey, hub, verdaccio, proxy, house }
    }

    /// From commits to what is live. What is stored then is what was built, in the registry that each package is for.
    #[track_caller]
    fn release(&self, number: u64, how: MergeMethod) {
        let [before, before_house] = [self.journey.registry().stored(), self.house.files()];
        self.journey.prepared();
        self.hub.merge(self.journey.sandbox(), number, how);
        self.journey.releasekit(["release", "--yes"]).ok();
        let built = self.journey.built();
        let writes = self.writes();
        self.publish(&self.journey.sandbox().work());
        let [new, new_house] = [(self.journey.registry().stored(), before), (self.house.files(), before_house)]
            .map(|(after, before)| without(after, &before));
        let sent = self.writes();
        let (of_house, of_all) = built.into_iter().partition(|(file, _)| file.package == "@house/lock");
        assert_eq!((&new, &new_house), (&of_all, &of_house), "what is served has the checksums of what was built");
        assert_eq!([sent[0] - writes[0], sent[1] - writes[1]], [new.len(), new_house.len()], "each file is sent once");
        assert_eq!(self.journey.planned(), BTreeMap::new(), "right after a release nothing is planned");
    }

    #[track_caller]
    fn publish(&self, folder: &Path) -> Ran {
        self.journey.releasekit_in(folder, ["publish", "--yes"]).code(0)
    }

    fn writes(&self) -> [usize; 2] {
        [self.proxy.writes(), self.house.writes().len()]
    }

    #[track_caller]
    fn change(&self, folder: &str, message: &str) {
        let source = format!("packages/{folder}/index.js");
        let text = format!("{}// {message}\n", self.journey.sandbox().read(&source));
        self.journey.sandbox().write(&source, text);
        self.journey.sandbox().commit(message);
    }
}

/// A package of somebody else.
fn outsider(verdaccio: &Verdaccio) {
    let sandbox = Sandbox::new();
    sandbox.write("package/package.json", "{\"name\": \"outsider\", \"version\": \"1.2.3\", \"main\": \"index.js\"}");
    sandbox.write("package/index.js", "exports.name = 'outsider'\n");
    sandbox.run("tar", ["czf", "outsider.tgz", "package"]).ok();
    verdaccio.publish(&[sandbox.work().join("outsider.tgz")]);
}

/// What is there now and was not before.
fn without(mut after: BTreeMap<File, String>, before: &BTreeMap<File, String>) -> BTreeMap<File, String> {
    after.retain(|file, _| !before.contains_key(file));
    after
}

/// A release by each of two ways to merge, with one pnpm.
#[track_caller]
fn every_form(pnpm: &'static Js, [first, second]: [MergeMethod; 2]) {
    let Some((tools, _)) = Tools::require_with_javascript() else { return };
    let forms = Forms::begun(&Scene::new(pnpm, &tools, crate::binary()));
    let journey = &forms.journey;
    forms.change("app", "feat: begin");
    forms.release(1, first);
    forms.change("base", "feat(base): stand on more");
    forms.change("gen", "fix(gen): write less");
    forms.change("lock", "fix(lock): shut the door");
    journey.sandbox().push();
    assert_eq!(journey.planned(), NEXT.map(|(name, next)| (name.to_owned(), next.to_owned())).into());
    let locked = journey.sandbox().read("pnpm-lock.yaml");
    forms.release(2, second);

    moves_requirements_wherever_they_stand(journey);
    locks_nothing_else(&locked, &journey.sandbox().read("pnpm-lock.yaml"));
    points_names_to_what_was_released(&forms);
    lists_what_it_serves(&forms);
    sends_nothing_again(&forms);
    for installer in [Installer::Npm, Installer::Pnpm] {
        installs(&forms, installer);
    }
}

#[test]
fn every_form_goes_from_commits_to_what_is_installed_with_pnpm_10() {
    every_form(&Js(Pnpm::V10), [MergeMethod::Merge, MergeMethod::Rebase]);
}

#[test]
fn every_form_goes_from_commits_to_what_is_installed_with_pnpm_12() {
    every_form(&Js(Pnpm::V12), [MergeMethod::Squash, MergeMethod::Merge]);
}

#[track_caller]
fn moves_requirements_wherever_they_stand(journey: &Journey) {
    let read = |path: &str| journey.sandbox().read(path);
    let expected = WORKSPACE.replace("^0.3.0", "^0.4.0");
    assert_eq!(read("pnpm-workspace.yaml"), expected, "the entry that is left behind moves, and no other byte");
    for (folder, name, rest) in MEMBERS {
        let next = NEXT.iter().find(|(moved, _)| moved == name).map(|(_, next)| *next);
        let version = rest.split('"').nth(3).expect("a version stands first");
        let rest = rest.replacen(version, next.unwrap_or(version), 1);
        let expected = format!("{{\n  \"name\": \"{name}\",\n  \"license\": \"MIT\",\n  {rest}\n}}\n");
        assert_eq!(read(&format!("packages/{folder}/package.json")), expected, "a version, and no other byte");
    }
}

/// The range of the catalog's entry, and what stands beside it: the versions of members with pnpm 10, the range again with 12.
#[track_caller]
fn locks_nothing_else(before: &str, after: &str) {
    let differs = |text: &str, other: &str| -> Vec<String> {
        let other: Vec<&str> = other.lines().collect();
        text.lines().filter(|line| !other.contains(line)).map(|line| line.trim().to_owned()).collect()
    };
    assert_eq!(before.lines().count(), after.lines().count(), "{after}");
    let moved = differs(after, before);
    let may = ["specifier: ^0.4.0", "version: 0.4.0", "version: ^0.4.0", "version: 1.0.1"];
    assert!(!moved.is_empty() && moved.iter().all(|line| may.contains(&line.as_str())), "{moved:?}\n{after}");
}

#[track_caller]
fn points_names_to_what_was_released(forms: &Forms) {
    for (name, next) in NEXT {
        let tags = if name.starts_with("@house/") { forms.house.tags(name) } else { forms.verdaccio.dist_tags(name) };
        assert_eq!(tags, [("latest".to_owned(), next.to_owned())].into(), "{name}");
    }
}

/// The integrity that a registry lists is that of what it serves.
#[track_caller]
fn lists_what_it_serves(forms: &Forms) {
    let sandbox = forms.journey.sandbox();
    for (name, next) in NEXT.iter().filter(|(name, _)| !name.starts_with("@house/")) {
        sandbox.write("../served.tgz", forms.verdaccio.tarball(name, next));
        let hash = "require('crypto').createHash('sha512').update(fs.readFileSync('../served.tgz')).digest('base64')";
        let served = sandbox.run("node", ["-p", hash]).ok();
        let packument = forms.verdaccio.packument(name).expect("it is there");
        let listed: &Value = &packument["versions"][next]["dist"]["integrity"];
        assert_eq!(listed, &Value::from(format!("sha512-{served}")), "{name}");
    }
}

/// Here, and in a clone of the last commit alone that knows nothing of the first time.
#[track_caller]
fn sends_nothing_again(forms: &Forms) {
    let url = forms.hub.repository().clone_url();
    let sandbox = forms.journey.sandbox();
    sandbox.git_in(sandbox.path(), ["clone", "--quiet", "--depth", "1", &url, "shallow"]);
    let before = forms.writes();
    for folder in [sandbox.work(), sandbox.path().join("shallow")] {
        forms.publish(&folder);
    }
    assert_eq!(forms.writes(), before);
}

#[track_caller]
fn installs(forms: &Forms, installer: Installer) {
    let (sandbox, url) = (forms.journey.sandbox(), forms.journey.registry().read_url());
    let npmrc = format!("registry={url}\n@house:registry={}\n", forms.house.registry_url());
    let project = Project::with_npmrc(sandbox, &format!("{installer:?}").to_lowercase(), &npmrc);
    let installed = project.add(installer, "forms-app").installed();
    let all = NEXT.into_iter().chain([("@forms/kit", "0.2.0"), ("outsider", "1.2.3")]);
    let all: BTreeMap<_, _> = all.map(|(name, version)| (name.to_owned(), version.to_owned())).collect();
    assert_eq!(installed.versions, all);
    assert_eq!(
        installed.requires["forms-app"],
        ["@forms/base ^0.4.0", "@forms/gen ~1.0.0", "@forms/plugin ^0.1.0", "@forms/util 0.3.1", "@house/lock ^0.1.0",]
    );
    let util = ["@forms/gen ~1.0.1", "ground npm:@forms/base@^0.4.0", "outsider ^1.0.0"];
    assert_eq!(installed.requires["@forms/util"], util);
    assert_eq!(installed.requires["@forms/plugin"], ["@forms/kit 0.2.0", "@forms/base ^0.4.0"]);
    assert_eq!(installed.requires["@forms/base"], [""; 0]);
    assert_eq!(project.node("require('forms-app').name"), "forms-app");
    let made = "require('module').createRequire(require.resolve('forms-app'))('@forms/gen').made";
    assert_eq!(project.node(made), "true", "what is packed was made");
    let ran =
        run(sandbox.command("grep").args(["-rlE", "workspace:|catalog:"]).arg(sandbox.path().join("npm/node_modules")));
    assert_eq!(ran.stdout, "", "nothing that only pnpm reads is published");
}
