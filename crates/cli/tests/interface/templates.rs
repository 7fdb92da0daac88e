//! The changelog template of a repository: what it gives, and that it takes nothing from anybody but its own process.

use std::path::Path;

use releasekit_testkit::{Ran, Snapshot, Tools};

use crate::project::Project;

/// The built-in template: a copy of it in the repository has to give the same text.
const BUILT_IN: &str = include_str!("../../../engine/src/notes/changelog.md.j2");

/// A repository in which `core` and what needs it moves, with a template.
fn with_template(template: &str) -> Project {
    configured(Project::released(), template)
}

fn configured(project: Project, template: &str) -> Project {
    project.sandbox.write("releasekit.toml", "[changelog]\ntemplate = \"notes.j2\"\n");
    project.sandbox.write("notes.j2", template);
    project.change("core", "feat: add \"it\" & \u{e9}");
    project.sandbox.push();
    project
}

fn full(project: &Project) -> Ran {
    project.run(&["plan", "--format", "full"])
}

#[track_caller]
fn assert_refused(ran: &Ran, why: &str) {
    let said = format!("error[RK-CHANGELOG-TEMPLATE]: the changelog template cannot be rendered: {why}");
    assert!(ran.code == Some(3) && ran.stderr.contains(&said), "{ran}");
}

#[test]
fn a_template_gives_what_the_same_one_gives_that_is_built_in() {
    let project = with_template(BUILT_IN);
    let ours = full(&project).code(0).stdout;
    assert!(ours.contains("\n+- add \"it\" & \u{e9}\n") && ours.contains("\n+- `core` 1.1.0\n"), "{ours}");
    project.sandbox.write("releasekit.toml", "");
    assert_eq!(full(&project).code(0).stdout, ours);
}

#[test]
fn one_process_renders_the_notes_of_all_packages() {
    let project = with_template("## {{ version }}\n\nNotes of {{ name }}.");
    let ran = project.run(&["plan", "--format", "full", "--verbose"]).code(0);
    for name in ["core", "lib", "top"] {
        assert!(ran.stdout.contains(&format!("\n+Notes of {name}.\n")), "{ran}");
    }
    assert_eq!(ran.stderr.matches("--render-notes").count(), 1, "{ran}");
}

/// Each takes few steps and gives little; what its values take would be more than any machine has.
#[cfg(target_os = "linux")]
#[test]
fn no_template_takes_the_memory_of_the_machine() {
    let in_a_loop = |start: &str, step: &str| {
        format!(
            "{{% set n = namespace(x={start}) %}}{{% for _ in range(1000) %}}{{% set n.x = {step} %}}{{% endfor %}}"
        )
    };
    let templates = [
        in_a_loop("'a'", "n.x ~ n.x"),
        in_a_loop("'a'", "n.x|replace('a', 'a' * 100)"),
        in_a_loop("'a'", "[n.x, n.x]|join"),
        in_a_loop("['a']", "(n.x + n.x)|list"),
        format!("{{% set x = 'a' %}}{}", "{% set x %}{{ x }}{{ x }}{% endset %}".repeat(100)),
        "{{ 'a'|indent(100000000000, true) }}".to_owned(),
        "{{ 'a'|indent(18446744073709551615, true) }}".to_owned(),
    ];
    let project = with_template("");
    for template in templates {
        project.sandbox.write("notes.j2", &template);
        project.sandbox.commit("chore: another template");
        assert_refused(&full(&project), "it needs more than 1024 MiB of memory");
    }
}

#[test]
fn a_template_has_few_steps_and_an_end_of_its_text() {
    let steps = "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}";
    assert_refused(&full(&with_template(steps)), "engine ran out of fuel");
    assert_refused(&full(&with_template(&" ".repeat(40_000))), "it is longer than 32768 bytes");
    assert_refused(&full(&with_template("{{ 'x' * 20000000 }}")), "it gives more than 16777216 bytes");
}

#[test]
fn prepare_has_changed_nothing_where_its_template_is_refused() {
    let Some(tools) = Tools::require() else { return };
    let project = configured(Project::released().with_tools(&tools), "{{ 'a'|indent(18446744073709551615, true) }}");
    let free = ["home/.cache", "tmp", "work/.git/releasekit"];
    let kept = |path: &Path| !free.iter().any(|free| path.starts_with(free));
    let world = || Snapshot::of(project.sandbox.path()).only(kept);
    let before = world();
    assert_refused(&project.run(&["prepare"]), "it needs more than 1024 MiB of memory");
    before.assert_same(&world());
}
