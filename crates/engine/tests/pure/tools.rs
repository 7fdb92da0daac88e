//! Several tools of one ecosystem in one binary: which of them works on a workspace.

use releasekit_core::Diagnostic;
use releasekit_core::model::EcosystemLabel;
use releasekit_core::policy::Policy;

use crate::support::World;

/// A workspace at the root that two tools find.
fn world() -> World {
    World::default().package("a", "1.0.0").tool("other", &[""]).commit(&["a"], "feat: begin")
}

fn named(tool: &str) -> impl FnOnce(&mut Policy) {
    move |policy| policy.ecosystems.entry(EcosystemLabel::new("py")).or_default().tool = Some(tool.to_owned())
}

fn refusal(world: World) -> (String, String, String) {
    let error = world.try_plan().expect_err("nobody can tell which tool is meant");
    (error.code().to_string(), error.to_string(), error.help().expect("there is help"))
}

/// The tools of the workspaces that a plan is made over, and what the plan calls their ecosystem.
fn tools(world: World) -> Vec<(&'static str, String)> {
    let planned = world.try_plan().expect("a plan");
    let ecosystem = planned.plan.packages[0].ecosystem.clone();
    let roots = &planned.snapshot.discovery.workspaces;
    roots.iter().map(|root| (root.ecosystem.id, ecosystem.clone())).collect()
}

#[test]
fn a_workspace_that_two_tools_find_needs_to_be_told_which() {
    let (code, message, help) = refusal(world());
    assert_eq!(code, "RK-WORKSPACE-TOOL-UNCLEAR");
    assert_eq!(message, "`[ecosystems.py]` says no `tool`, and 2 could be meant");
    assert_eq!(help, "say `tool`, one of: `memory`, `other`");
}

#[test]
fn a_tool_that_is_not_registered_is_refused() {
    let (code, message, help) = refusal(world().policy(named("third")));
    assert_eq!(code, "RK-WORKSPACE-TOOL-UNCLEAR");
    assert_eq!(message, "`[ecosystems.py]` says the tool `third`, which no backend of that ecosystem is");
    assert_eq!(help, "say `tool`, one of: `memory`, `other`");
}

#[test]
fn the_configuration_says_which_tool_and_the_ecosystem_stays() {
    for tool in ["memory", "other"] {
        assert_eq!(tools(world().policy(named(tool))), [(tool, "python".to_owned())]);
    }
}

#[test]
fn a_workspace_that_one_tool_finds_is_its_own() {
    let found = World::default().package("a", "1.0.0").tool("other", &[]).commit(&["a"], "feat: begin");
    assert_eq!(tools(found), [("memory", "python".to_owned())]);
}
