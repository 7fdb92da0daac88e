//! Changelog sections from commits.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;

use crate::support::World;
use releasekit_core::Diagnostic;
use releasekit_core::model::{Bump, CommitId, ObjectId, RepoPath};
use releasekit_core::policy::{CommitType, Policy, Propagate};
use releasekit_core::template::{Stopped, Templates};
use releasekit_core::vcs::CommitInfo;
use releasekit_engine::{notes, prepare};

fn world() -> World {
    World::default()
        .package("core", "1.0.0")
        .package("app", "1.0.0")
        .needs("app", "core")
        .commit(&["core", "app"], "feat: start")
        .tag(&["core-v1.0.0", "app-v1.0.0"])
}

/// Does what the process apart does in this one, without its bounds, and counts the requests.
#[derive(Debug, Default)]
struct Here(AtomicUsize);

#[async_trait]
impl Templates for Here {
    async fn render(&self, request: Vec<u8>) -> Result<Vec<u8>, Stopped> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let mut reply = Vec::new();
        notes::serve(request.as_slice(), &mut reply).map_err(|error| Stopped::Failed(error.to_string()))?;
        Ok(reply)
    }
}

/// A process that came to another end.
#[derive(Debug)]
struct Ends(Stopped);

#[async_trait]
impl Templates for Ends {
    async fn render(&self, _request: Vec<u8>) -> Result<Vec<u8>, Stopped> {
        Err(self.0.clone())
    }
}

/// The commit that is planned, at a time of its own.
pub(crate) fn head() -> CommitInfo {
    CommitInfo::new(CommitId::new("a"), ObjectId::new("b"), Vec::new(), String::new(), 0)
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
}

fn section(world: World, name: &str, template: Option<&str>) -> releasekit_engine::Result<String> {
    section_by(world, name, template, Some(&Here::default()))
}

fn section_by(
    world: World,
    name: &str,
    template: Option<&str>,
    templates: Option<&dyn Templates>,
) -> releasekit_engine::Result<String> {
    let planned = world.try_plan()?;
    let index = planned.snapshot.discovery.members.iter().position(|member| member.id.name.as_str() == name);
    let index = index.expect("a package of the test");
    let next = planned.bumps.0[index].next.clone().expect("it moves");
    let notes = [notes::for_member(&planned, index, &next, "2026-01-02")?];
    Ok(wait(notes::to_markdown(&notes, template, templates))?.remove(0))
}

#[test]
fn commits_are_listed_by_section_oldest_first_and_once() {
    let world = world()
        .commit(&["core"], "fix(io): close it")
        .commit(&["core"], "feat: add b")
        .commit(&["core"], "feat: add c")
        .commit(&["core"], "feat: add b")
        .commit(&["core"], "docs: hidden")
        .commit(&["core"], "perf: faster");
    let expected = "\
## 1.1.0 (2026-01-02)

### Features

- add b
- add c

### Bug Fixes

- **io:** close it

### Performance

- faster
";
    assert_eq!(section(world, "core", None).expect("notes"), expected);
}

#[test]
fn what_a_trailer_moves_is_listed_whatever_its_type() {
    let world =
        world().commit(&["core"], "docs: say more\n\nrelease: minor").commit(&["core"], "Tidy\n\nrelease: skip");
    let text = section(world.commit(&["app"], "docs: x\n\nrelease: patch [core]"), "core", None).unwrap();
    assert_eq!(text, "## 1.1.0 (2026-01-02)\n\n### Changes\n\n- say more\n");
}

#[test]
fn the_text_of_a_change_file_is_the_notes_of_each_package_it_names() {
    let text = "---\ncore: minor\napp: patch\n---\nRead *tabs*.\r\n\r\n- one\n   \n  - two\u{202e}\n\n# Heading\n";
    let world = world().file(".changeset/config.json", "{}").file(".changeset/b.md", text);
    let world = world.file(".changeset/a.md", "---\ncore: major\n---\nRead no tabs.\n");
    let world = world
        .file(".changeset/c.md", "---\ncore: patch\n---\n")
        .file(".changeset/d.md", "---\ncore: none\n---\nQuiet.");
    let world = world.commit(&["core"], "feat: untold").commit(&["core"], "docs: told\n\nrelease: patch");
    let told = "- Read *tabs*.\n\n  - one\n\n    - two\n\n  # Heading\n";
    let core = format!(
        "## 2.0.0 (2026-01-02)\n\n### Breaking Changes\n\n- Read no tabs.\n\n### Features\n\n{told}\n### Changes\n\n- told\n"
    );
    assert_eq!(section(world.clone(), "core", None).expect("notes"), core);
    let app = format!("## 1.0.1 (2026-01-02)\n\n### Bug Fixes\n\n{told}\n### Dependencies\n\n- `core` 2.0.0\n");
    assert_eq!(section(world.clone(), "app", None).expect("notes"), app);
    let bare = world.policy(|policy| policy.commit_types.clear());
    assert!(
        section(bare, "app", None).expect("notes").contains("### Changes\n\n- Read *tabs*."),
        "types may have no section"
    );
}

#[test]
fn breaking_changes_come_first_and_dependencies_last() {
    let world = world()
        .commit(&["core"], "chore(api)!: drop v1\n\nBREAKING CHANGE: use v2\ninstead")
        .commit(&["app"], "fix: follow");
    let core = "## 2.0.0 (2026-01-02)\n\n### Breaking Changes\n\n- **api:** drop v1: use v2 instead\n";
    assert_eq!(section(world.clone(), "core", None).expect("notes"), core);
    let app = "## 1.0.1 (2026-01-02)\n\n### Bug Fixes\n\n- follow\n\n### Dependencies\n\n- `core` 2.0.0\n";
    assert_eq!(section(world, "app", None).expect("notes"), app);
}

#[test]
fn a_first_release_says_so() {
    let world = world().package("new", "0.1.0").commit(&["new"], "feat: new");
    assert_eq!(section(world, "new", None).expect("notes"), "## 0.1.0 (2026-01-02)\n\nFirst release.\n");
}

#[test]
fn sections_and_exclusions_are_configurable() {
    let world = world().commit(&["core"], "fix(deps): b").commit(&["core"], "docs: c").commit(&["core"], "feat: a");
    let world = world.policy(|policy| {
        let docs = CommitType { bump: Bump::None, section: Some("Documentation".to_owned()) };
        policy.commit_types.insert("docs".to_owned(), docs);
        policy.changelog.sections = vec!["Documentation".to_owned()];
        policy.changelog.exclude = vec!["dep*".to_owned()];
    });
    let expected = "## 1.1.0 (2026-01-02)\n\n### Documentation\n\n- c\n\n### Features\n\n- a\n";
    assert_eq!(section(world, "core", None).expect("notes"), expected);
}

#[test]
fn a_template_of_the_users_is_used_and_its_faults_are_named() {
    let world = world().commit(&["core"], "feat: a $1 & <b>");
    let template = "{{ name }} {{ version }}: {{ sections[0].entries[0].text }}";
    assert_eq!(section(world.clone(), "core", Some(template)).expect("notes"), "core 1.1.0: a $1 & <b>\n");
    let error = section(world.clone(), "core", Some("{% for %}")).expect_err("no template");
    assert_eq!(error.code().as_str(), "RK-CHANGELOG-TEMPLATE");
    let bad = world.policy(|policy| policy.changelog.exclude = vec!["[".to_owned()]);
    assert_eq!(section(bad, "core", None).expect_err("no glob").code().as_str(), "RK-GLOB-INVALID");
}

#[test]
fn every_template_ends() {
    let world = world().commit(&["core"], "feat: a");
    let loops = "{% for a in range(10000) %}{% for b in range(10000) %}{% for c in range(10000) %}{% endfor %}{% endfor %}{% endfor %}";
    let long = "{{ 'x' * 10000000 }}{{ 'x' * 10000000 }}";
    for (template, expected) in [(loops, "fuel"), (long, "it gives more than 16777216 bytes")] {
        let error = section(world.clone(), "core", Some(template)).expect_err("too much");
        assert_eq!(error.code().as_str(), "RK-CHANGELOG-TEMPLATE");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

/// As deep as its length lets a template be, each takes whatever stack it needs or is refused, and ends nothing.
#[test]
fn no_nesting_of_a_template_takes_the_stack() {
    let world = world().commit(&["core"], "feat: a");
    for (start, more) in [("a", ".a"), ("a", "|upper"), ("1", "~1"), ("", "("), ("", "["), ("", "not "), ("", "-")] {
        let count = (30_000 - start.len()) / more.len();
        let template = format!("{{{{ {start}{} }}}}", more.repeat(count));
        let _ends = section(world.clone(), "core", Some(&template));
    }
    let error = section(world, "core", Some(&"x".repeat(40_000))).expect_err("too long");
    assert!(error.to_string().contains("longer than 32768 bytes"), "{error}");
}

#[test]
fn a_template_that_uses_up_its_process_is_refused_and_says_at_what() {
    let world = world().commit(&["core"], "feat: a");
    let cases = [
        (Stopped::Memory { limit: 1 << 30 }, "it needs more than 1024 MiB of memory"),
        (Stopped::Time { limit: Duration::from_secs(60) }, "it takes longer than 60 s"),
        (Stopped::Depth, "it is nested too deep"),
        (Stopped::Length { limit: 64 }, "it gives more than 64 bytes for all packages together"),
        (Stopped::Failed("is gone".to_owned()), "the process that renders it is gone"),
    ];
    for (stopped, expected) in cases {
        let error = section_by(world.clone(), "core", Some("{{ name }}"), Some(&Ends(stopped))).expect_err("it ended");
        assert_eq!(error.code().as_str(), "RK-CHANGELOG-TEMPLATE");
        assert_eq!(error.to_string(), format!("the changelog template cannot be rendered: {expected}"));
    }
}

#[test]
fn without_a_process_apart_the_built_in_template_alone_is_rendered() {
    let world = world().commit(&["core"], "feat: a");
    assert!(section_by(world.clone(), "core", None, None).is_ok());
    let error = section_by(world, "core", Some("{{ name }}"), None).expect_err("nothing renders it");
    assert_eq!(error.code().as_str(), "RK-CHANGELOG-TEMPLATE");
}

#[test]
fn one_process_renders_the_notes_of_all_packages() {
    let names: Vec<String> = (0..200).map(|number| format!("p{number:03}")).collect();
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    let world = names.iter().fold(World::default(), |world, name| world.package(name, "1.0.0"));
    let world = world.commit(&all, "feat: start").file("t.j2", "## {{ version }}\n\n\"{{ name }}\" \u{e9}\\n");
    let world = world.policy(|policy| policy.changelog.template = RepoPath::new("t.j2").ok());
    let here = Here::default();
    let (edits, _) = changelogs_by(world.clone(), &here).expect("edits");
    assert_eq!((edits.len(), here.0.load(Ordering::Relaxed)), (200, 1));
    for (name, edit) in names.iter().zip(edits) {
        assert_eq!(edit, format!("{name}/CHANGELOG.md: # Changelog\n\n## 1.0.0\n\n\"{name}\" \u{e9}\\n\n"));
    }
    let tags: Vec<String> = names.iter().map(|name| format!("{name}-v1.0.0")).collect();
    let nothing = world.tag(&tags.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(changelogs_by(nothing, &here).expect("no edits").0.len(), 0);
    assert_eq!(here.0.load(Ordering::Relaxed), 1, "for nothing none is started");
}

#[test]
fn messages_cannot_command_the_terminal_that_shows_a_changelog() {
    let world =
        world().commit(&["core"], "fix(\u{7}io)!: \u{1b}[31m\u{9b}\u{202e}red\n\nBREAKING CHANGE: gone\u{8}\n now");
    let expected = "## 2.0.0 (2026-01-02)\n\n### Breaking Changes\n\n- **io:** [31mred: gone now\n";
    assert_eq!(section(world, "core", None).expect("notes"), expected);
}

#[test]
fn dependencies_are_those_of_the_same_workspace() {
    let world = World::default().package("a", "1.0.0").package("c", "1.0.0").needs("c", "a");
    let world = world.workspace("js").package("js/a", "5.0.0").package("js/b", "1.0.0").needs("b", "a");
    let mut world = world.commit(&[], "feat: start");
    world.policy.tag_format = vec!["{label}/{name}-v{version}".to_owned()];
    let dependencies = |world: &World, name: &str| {
        let notes = section(world.clone(), name, None).expect("notes");
        notes.lines().filter(|line| line.starts_with("- `")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(dependencies(&world, "b"), ["- `js:a` 5.0.0"]);
    assert_eq!(dependencies(&world, "c"), ["- `py:a` 1.0.0"]);
    world.policy.packages.entry("c".to_owned()).or_default().depends_on = vec!["js:a".to_owned()];
    assert_eq!(dependencies(&world, "c"), ["- `js:a` 5.0.0", "- `py:a` 1.0.0"], "unless the configuration says more");
}

#[test]
fn packages_that_move_in_step_say_something_each() {
    let world = world().package("tool", "1.0.0").commit(&["core"], "fix: z");
    let world = world.policy(|policy| {
        policy.synchronize = true;
        policy.tag_format = vec!["{name}-v{version}".to_owned()];
    });
    let app = "## 1.0.1 (2026-01-02)\n\n### Dependencies\n\n- `core` 1.0.1\n";
    let world = world.tag(&["tool-v1.0.0"]);
    assert_eq!(section(world.clone(), "app", None).expect("notes"), app);
    let tool = "## 1.0.1 (2026-01-02)\n\nNo notable changes of its own.\n";
    assert_eq!(section(world, "tool", None).expect("notes"), tool);
}

/// `path: text` of every edit, and the remarks.
fn changelogs_of(world: World) -> releasekit_engine::Result<(Vec<String>, Vec<String>)> {
    changelogs_by(world, &Here::default())
}

fn changelogs_by(world: World, templates: &dyn Templates) -> releasekit_engine::Result<(Vec<String>, Vec<String>)> {
    let found = wait(prepare::preview(&world.try_plan()?, &head(), None, Some(templates)))?;
    let text = |edit: &releasekit_core::FileEdit| {
        let content = edit.content.clone().expect("nothing is deleted");
        format!("{}: {}", edit.path, String::from_utf8(content).expect("text"))
    };
    let remarks = found.remarks.into_iter().map(|(message, _)| message);
    Ok((found.changelogs.iter().map(text).collect(), remarks.collect()))
}

fn named(name: &'static str) -> impl FnOnce(&mut Policy) {
    move |policy| policy.packages.entry("core".to_owned()).or_default().changelog = Some(name.to_owned())
}

const CORE: &str = "## 1.0.1 (1970-01-01)\n\n### Bug Fixes\n\n- a\n";

#[test]
fn a_changelog_is_written_under_the_name_in_use() {
    let world = world().commit(&["core"], "fix: a").policy(|policy| policy.propagate = Propagate::Never);
    let written = |world: World| changelogs_of(world).expect("edits").0;
    assert_eq!(written(world.clone()), [format!("core/CHANGELOG.md: # Changelog\n\n{CORE}")]);
    let there = world.clone().file("core/Changelog.md", "# C\n").file("core/changelog.d/x", "");
    assert_eq!(written(there.clone()), [format!("core/Changelog.md: # C\n\n{CORE}")]);
    let both = there.file("core/CHANGELOG.md", "# D\n");
    assert_eq!(written(both), [format!("core/CHANGELOG.md: # D\n\n{CORE}")]);
    let configured = world.clone().file("core/Docs/changes.MD", "# C\n").policy(named("docs/CHANGES.md"));
    assert_eq!(written(configured), [format!("core/Docs/changes.MD: # C\n\n{CORE}")]);
    assert_eq!(written(world.policy(named(""))), [""; 0]);
}

#[test]
fn a_changelog_in_another_format_is_left_alone_and_said_once() {
    let world = world().commit(&["core"], "fix: a").policy(|policy| policy.propagate = Propagate::Never);
    for name in ["CHANGELOG.rst", "changelog", "Changelog.TXT"] {
        let (edits, remarks) = changelogs_of(world.clone().file(&format!("core/{name}"), "x")).expect("edits");
        assert_eq!(edits, [""; 0], "{name}: no second one is made beside it");
        assert_eq!(remarks, [format!("`core/{name}` is no Markdown file by its name, and is left alone")]);
    }
    let (edits, remarks) = changelogs_of(world.policy(named("NEWS.rst"))).expect("edits");
    assert_eq!((edits.len(), remarks.len()), (0, 1), "none is made either");
}

#[test]
fn packages_that_share_a_changelog_have_a_section_each_with_their_names() {
    let world = world().commit(&["core"], "fix: a").file("CHANGELOG.md", "# C\n\n## core 1.0.0\n");
    let world = world.policy(|policy| {
        for name in ["core", "app"] {
            policy.packages.entry(name.to_owned()).or_default().changelog = Some("../CHANGELOG.md".to_owned());
        }
    });
    let (edits, _) = changelogs_of(world).expect("edits");
    let core = CORE.replace("## 1", "## core 1");
    let app = "## app 1.0.1 (1970-01-01)\n\n### Dependencies\n\n- `core` 1.0.1\n";
    assert_eq!(edits.len(), 1);
    let both = [format!("{app}\n{core}"), format!("{core}\n{app}")];
    let expected = both.map(|both| format!("CHANGELOG.md: # C\n\n{both}\n## core 1.0.0\n"));
    assert!(expected.contains(&edits[0]), "{}", edits[0]);
}

#[test]
fn a_changelog_stays_inside_the_repository() {
    let world = world().commit(&["core"], "fix: a").policy(|policy| {
        policy.packages.entry("core".to_owned()).or_default().changelog = Some("../../outside.md".to_owned());
    });
    assert_eq!(changelogs_of(world).expect_err("it leads out").code().as_str(), "RK-PATH-INVALID");
}
