//! Files, and the policy they mean.

use std::collections::BTreeMap;
use std::time::Duration;

use releasekit_config::{Configuration, Origin, parse};
use releasekit_core::forge::MergeMethod;
use releasekit_core::model::{Bump, CommitId, EcosystemLabel, RepoPath};
use releasekit_core::policy::{
    BumpSource, ChangelogPolicy, CommitType, DispatchPolicy, EcosystemPolicy, ExtraFile, ForgePolicy, ForgeReleases,
    GroupPolicy, PackagePolicy, Participation, Policy, Propagate, PublishFrom, PublishPolicy, PullRequestPolicy,
    RegistryPolicy, RequestPer, RequirementChanges, Stale, Unreleased, VerifyChecksums, VersionFrom, Versioning,
};
use releasekit_core::requirements::Pin;
use releasekit_core::vcs::Sign;

/// Every key there is, each with a value that no other key has.
const EVERYTHING: &str = r#"
synchronize = true
tag_format = ["{name}-v{version}", "v{version}"]
default_branch = "develop"
release_branches = ["main", "release/*"]
bootstrap_sha = "ABCDEF0123"
propagate = "out-of-range"
bump_sources = ["trailers"]
breaking_below_one = "major"
features_below_one = "patch"
requirement_changes = "none"
sign = "require"
stale = "warn"
umbrella_tag = "all-{version}"
umbrella_version = "py:core"
publish_from = "ci"
remote = "upstream"
ignore_warnings = ["RK-TAG-FOREIGN"]
ignore_tags = ["*-v0.6.0"]
exclude = ["examples/**"]
build_env = ["INDEX_USER"]

[commits.types.docs]
bump = "patch"
section = "Documentation"

[commits.types]
perf = { section = "" }
chore = { bump = "none" }

[changelog]
template = "docs/./notes.md.j2"
exclude = ["deps"]
sections = ["Features"]
unreleased = "move"
links = false

[pull_request]
branch = "next-release/{base}"
commit_message = "chore: release {count}"
author = "Bot <bot@forge.example>"
title = "Release {base}"
labels = ["release"]
draft = false
reviewers = ["ana", "acme/team"]
assignees = ["ben"]
auto_merge = "rebase"
per = "group"

[forge]
kind = "hosted"
url = "https://git.example/sub"
api_url = "https://api.git.example"
owner = "acme/tools"
name = "widgets"
releases = "umbrella"
latest = "py:core"
comments = true

[dispatch]
repositories = ["acme/gadgets"]
event = "released"

[publish]
concurrency = 7
max_retries = 2
poll_timeout = 301
poll_interval = 11
verify_checksums = "content"
task_timeout = 601
resolve_check = false
smoke_test = true

[ecosystems.py]
ecosystem = "python"
tool = "uv"
workspace_root = "py/"
registry_url = "https://index.example/simple/"
publish_url = "https://index.example/upload/"
observe_url = "http://index.example/hosted/"
pin = "minimum"
tag_format = "py/{name}-{version}"
exclude = ["py/samples/**"]
prepare_commands = [["python3", "a.py"], ["make"]]
build_commands = [["make", "assets", ""]]
include_untracked = ["py/core/*.so"]

[registries.house]
registry_url = "sparse+https://house.example/"
publish_url = "https://house.example/upload/"
observe_url = "https://house.example/hosted/"

[groups.kit]
versioning = "fixed"
tag_format = "kit-{version}"

[packages."py:core"]
group = "kit"
release = "tag"
version_from = "tags"
tag_format = "core-{version}"
changelog = ""
extra_files = [
    "src/core/version.py",
    { path = "../README.md", search = "core=={version}" },
    { path = "pom.xml" },
]
registry_url = "https://other.example/simple/"
publish_url = "https://other.example/upload/"
paths = ["schemas/**"]
formerly = ["kernel"]
depends_on = ["py:schemas"]
artifacts = ["*.whl"]
verify = false

[packages."py:schemas"]
registries = ["house"]
"#;

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn ecosystem() -> EcosystemPolicy {
    EcosystemPolicy {
        ecosystem: text("python"),
        tool: text("uv"),
        workspace_root: RepoPath::new("py").ok(),
        registry_url: text("https://index.example/simple/"),
        publish_url: text("https://index.example/upload/"),
        observe_url: text("http://index.example/hosted/"),
        pin: Some(Pin::Minimum),
        tag_format: texts(&["py/{name}-{version}"]),
        exclude: texts(&["py/samples/**"]),
        prepare_commands: vec![texts(&["python3", "a.py"]), texts(&["make"])],
        build_commands: vec![texts(&["make", "assets", ""])],
        include_untracked: texts(&["py/core/*.so"]),
    }
}

fn group() -> GroupPolicy {
    GroupPolicy { versioning: Versioning::Fixed, tag_format: texts(&["kit-{version}"]) }
}

fn package() -> PackagePolicy {
    PackagePolicy {
        group: text("kit"),
        release: Some(Participation::Tag),
        version_from: Some(VersionFrom::Tags),
        tag_format: texts(&["core-{version}"]),
        changelog: text(""),
        extra_files: vec![
            ExtraFile { path: "src/core/version.py".to_owned(), search: None },
            ExtraFile { path: "../README.md".to_owned(), search: text("core=={version}") },
            ExtraFile { path: "pom.xml".to_owned(), search: None },
        ],
        registry_url: text("https://other.example/simple/"),
        publish_url: text("https://other.example/upload/"),
        paths: texts(&["schemas/**"]),
        formerly: texts(&["kernel"]),
        depends_on: texts(&["py:schemas"]),
        artifacts: texts(&["*.whl"]),
        verify: Some(false),
        registries: Vec::new(),
    }
}

fn registry() -> RegistryPolicy {
    RegistryPolicy {
        registry_url: text("sparse+https://house.example/"),
        publish_url: text("https://house.example/upload/"),
        observe_url: text("https://house.example/hosted/"),
    }
}

fn commit_types() -> BTreeMap<String, CommitType> {
    let commit_type = |bump, section: Option<&str>| CommitType { bump, section: section.map(str::to_owned) };
    let mut types = Policy::default().commit_types;
    types.insert("docs".to_owned(), commit_type(Bump::Patch, Some("Documentation")));
    types.insert("perf".to_owned(), commit_type(Bump::Patch, None));
    types.insert("chore".to_owned(), commit_type(Bump::None, None));
    types
}

/// The struct literals name every field, so a field without a key does not compile, or stands here as its default.
#[test]
fn every_key_is_stored_where_it_belongs() {
    let expected = Policy {
        synchronize: true,
        tag_format: texts(&["{name}-v{version}", "v{version}"]),
        default_branch: text("develop"),
        release_branches: texts(&["main", "release/*"]),
        bootstrap_sha: Some(CommitId::new("abcdef0123")),
        propagate: Propagate::OutOfRange,
        bump_sources: vec![BumpSource::Trailers],
        breaking_below_one: Bump::Major,
        features_below_one: Bump::Patch,
        requirement_changes: RequirementChanges::None,
        sign: Sign::Require,
        stale: Stale::Warn,
        umbrella_tag: text("all-{version}"),
        umbrella_version: text("py:core"),
        publish_from: PublishFrom::Ci,
        remote: "upstream".to_owned(),
        ignore_warnings: texts(&["RK-TAG-FOREIGN"]),
        ignore_tags: texts(&["*-v0.6.0"]),
        exclude: texts(&["examples/**"]),
        build_env: texts(&["INDEX_USER"]),
        commit_types: commit_types(),
        changelog: ChangelogPolicy {
            template: RepoPath::new("docs/notes.md.j2").ok(),
            exclude: texts(&["deps"]),
            sections: texts(&["Features"]),
            unreleased: Unreleased::Move,
            links: false,
        },
        pull_request: PullRequestPolicy {
            branch: "next-release/{base}".to_owned(),
            commit_message: text("chore: release {count}"),
            author: text("Bot <bot@forge.example>"),
            title: text("Release {base}"),
            labels: texts(&["release"]),
            draft: false,
            reviewers: texts(&["ana", "acme/team"]),
            assignees: texts(&["ben"]),
            auto_merge: Some(MergeMethod::Rebase),
            per: RequestPer::Group,
        },
        forge: ForgePolicy {
            kind: text("hosted"),
            url: text("https://git.example/sub"),
            api_url: text("https://api.git.example"),
            owner: text("acme/tools"),
            name: text("widgets"),
            releases: ForgeReleases::Umbrella,
            latest: text("py:core"),
            comments: true,
        },
        dispatch: DispatchPolicy { repositories: texts(&["acme/gadgets"]), event: "released".to_owned() },
        publish: PublishPolicy {
            concurrency: 7,
            max_retries: 2,
            poll_timeout: Duration::from_secs(301),
            poll_interval: Duration::from_secs(11),
            verify_checksums: VerifyChecksums::Content,
            task_timeout: Duration::from_secs(601),
            verify: true,
            resolve_check: false,
            smoke_test: true,
        },
        groups: BTreeMap::from([("kit".to_owned(), group())]),
        ecosystems: BTreeMap::from([(EcosystemLabel::new("py"), ecosystem())]),
        registries: BTreeMap::from([("house".to_owned(), registry())]),
        packages: BTreeMap::from([
            ("py:core".to_owned(), package()),
            ("py:schemas".to_owned(), PackagePolicy { registries: texts(&["house"]), ..PackagePolicy::default() }),
        ]),
    };
    let configuration = parse("releasekit.toml", EVERYTHING).expect("every value is legal");
    assert_eq!(configuration.policy, expected);
}

#[test]
fn a_file_that_says_nothing_means_the_defaults() {
    for text in ["", "# nothing\n", "\u{feff}", "[publish]\r\n[packages]\r\n"] {
        assert_eq!(parse("releasekit.toml", text).expect("legal").policy, Policy::default(), "{text:?}");
    }
    assert_eq!(Configuration::default_for_no_file().policy, Policy::default());
}

#[test]
fn every_word_of_every_choice_is_taken() {
    let legal = [
        ("propagate", &["always", "out-of-range"][..]),
        ("breaking_below_one", &["minor", "major"]),
        ("features_below_one", &["minor", "patch"]),
        ("requirement_changes", &["patch", "none"]),
        ("sign", &["auto", "require", "never"]),
        ("stale", &["error", "warn"]),
        ("publish.verify_checksums", &["bytes", "content", "off"]),
        ("commits.types.docs.bump", &["none", "patch", "minor", "major"]),
        ("ecosystems.py.pin", &["exact", "compatible", "minimum", "keep"]),
        ("groups.a.versioning", &["independent", "fixed", "linked"]),
        ("packages.a.release", &["publish", "tag", "none"]),
    ];
    for (key, words) in legal {
        for word in words {
            let configuration = parse("x", &format!("{key} = \"{word}\"")).expect("legal");
            let setting = configuration.settings.iter().find(|setting| setting.key == key).expect("is shown");
            assert_eq!(setting.value, *word, "{key}");
        }
    }
}

#[test]
fn never_propagating_needs_another_pin() {
    let file = "propagate = \"never\"\n[ecosystems.py]\npin = \"compatible\"\n";
    assert_eq!(parse("x", file).expect("legal").policy.propagate, Propagate::Never);
}

#[test]
fn settings_tell_every_key_its_value_and_its_origin() {
    let file = "\n[publish]\nconcurrency = 9\n\n[packages.\"py:core\"]\nrelease = \"tag\"\n";
    let configuration = parse("ci/releasekit.toml", file).expect("legal");
    let shown: Vec<String> = configuration
        .settings
        .iter()
        .map(|setting| {
            let origin = match &setting.origin {
                Origin::Default => "default".to_owned(),
                Origin::File { path, line } => format!("{path}:{line}"),
            };
            format!("{} = {} # {origin}", setting.key, setting.rendered())
        })
        .collect();
    for expected in [
        "remote = \"origin\" # default",
        "default_branch = (the remote's default branch) # default",
        "commits.types.feat.bump = \"minor\" # default",
        "publish.concurrency = 9 # ci/releasekit.toml:3",
        "publish.poll_timeout = 300 # default",
        "packages.\"py:core\".release = \"tag\" # ci/releasekit.toml:6",
        "packages.\"py:core\".formerly = (none) # default",
    ] {
        assert!(shown.iter().any(|line| line == expected), "{expected} is not in\n{}", shown.join("\n"));
    }
    let json = serde_json::to_value(&configuration.settings).expect("is JSON");
    let concurrency = serde_json::json!({
        "key": "publish.concurrency", "value": 9,
        "origin": { "kind": "file", "path": "ci/releasekit.toml", "line": 3 },
    });
    assert!(json.as_array().expect("is a list").contains(&concurrency), "{json:#}");
}
