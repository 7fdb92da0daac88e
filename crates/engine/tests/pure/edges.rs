//! What a backend says of a dependency is what the graph and the plan do with it, whatever its kind.

use releasekit_core::Diagnostic;
use releasekit_core::model::{
    Dependency, DependencyKind, EcosystemLabel, Order, PackageName, Propagation, Published, Worded,
};
use releasekit_core::policy::{EcosystemPolicy, Propagate};
use releasekit_core::requirements::Pin;

use crate::support::World;

fn on(name: &str, kind: DependencyKind) -> Dependency {
    Dependency::new(PackageName::new(name), kind, format!("{name}>=1,<2"), "dependencies")
}

fn three() -> World {
    ["a", "b", "c"].iter().fold(World::default(), |world, name| world.package(name, "1.0.0"))
}

fn released(world: World) -> World {
    world.commit(&[], "start").tag(&["a-v1.0.0", "b-v1.0.0", "c-v1.0.0"])
}

fn levels(world: World) -> Vec<(String, usize)> {
    world.plan().iter().map(|row| (row.name.to_string(), row.level)).collect()
}

/// A crate with a versioned development dependency is published after it.
#[test]
fn a_development_dependency_may_order() {
    let world = three().needs_by("a", on("b", DependencyKind::Dev).with_orders(Order::UnlessCircular));
    let expected = [("b", 0), ("c", 0), ("a", 1)].map(|(name, level)| (name.to_owned(), level));
    assert_eq!(levels(released(world)), expected);
}

/// Peers of npm may need each other.
#[test]
fn peers_may_lead_around_a_circle_where_they_need_not_order() {
    let peer = |name| on(name, DependencyKind::Peer);
    let circular = three()
        .needs_by("a", peer("b").with_orders(Order::UnlessCircular))
        .needs_by("b", peer("a").with_orders(Order::UnlessCircular));
    assert_eq!(levels(released(circular)).iter().map(|(_, level)| level).sum::<usize>(), 0);
    let strict = three().needs_by("a", peer("b")).needs_by("b", peer("a"));
    let error = released(strict).try_plan().expect_err("both must go first");
    assert_eq!(error.code().as_str(), "RK-GRAPH-CYCLE-DETECTED");
}

/// crates.io refuses a crate whose optional dependency does not exist; PyPI does not look.
#[test]
fn an_optional_dependency_may_have_to_exist() {
    let optional = || on("b", DependencyKind::Optional);
    let strict = three().private("b").needs_by("a", optional());
    assert_eq!(
        strict.commit(&[], "start").try_plan().expect_err("b is private").code().as_str(),
        "RK-GRAPH-PRIVATE-DEPENDENCY"
    );
    let lenient = three().private("b").needs_by("a", optional().with_published(Published::Optional));
    assert!(lenient.commit(&[], "start").try_plan().is_ok());
}

#[test]
fn a_dependency_may_propagate_only_where_its_requirement_is_left() {
    let within = |propagates| three().needs_by("a", on("b", DependencyKind::Runtime).with_propagation(propagates));
    let moved = |world: World, message| released(world).commit(&["b"], message).moves();
    let fix = "b 1.0.0 → 1.0.1 patch (commit)".to_owned();
    assert_eq!(moved(within(Propagation::OutOfRange), "fix: one"), [fix]);
    assert_eq!(moved(within(Propagation::OutOfRange), "feat!: one").len(), 2, "2.0.0 leaves `<2`");
    assert_eq!(moved(within(Propagation::Never), "feat!: one").len(), 1);
    assert_eq!(moved(within(Propagation::Configured), "fix: one").len(), 2, "always is the default");
}

/// The root module of Go is tagged `v1.2.3`, one in a folder `sub/v1.2.3`, whatever the configuration says.
#[test]
fn a_format_that_the_ecosystem_dictates_is_written_and_read() {
    let world = World::default().in_tags("go").dictated("go", "v{version}").in_tags("go/sub");
    let world = world.dictated("go/sub", "go/sub/v{version}").package("py", "3.0.0");
    let world = world.policy(|policy| policy.tag_format = vec!["{name}-v{version}".to_owned()]);
    let world = world.commit(&[], "start").tag(&["v1.2.3", "go/sub/v0.4.0", "py-v3.0.0", "go-v9.0.0"]);
    let plan = world.commit(&["go", "go/sub", "py"], "fix: one").plan();
    let tags: Vec<_> = plan.iter().filter_map(|row| row.tag.as_ref()).map(|tag| tag.as_str()).collect();
    assert_eq!(tags, ["v1.2.4", "py-v3.0.1", "go/sub/v0.4.1"]);
}

#[test]
fn what_is_published_as_written_keeps_its_own_pace_unless_the_configuration_pins_it() {
    let apart = || {
        let dependency =
            on("b", DependencyKind::Runtime).with_propagation(Propagation::OutOfRange).with_worded(Worded::AsWritten);
        released(three().needs_by("a", dependency)).commit(&["b"], "fix: one")
    };
    assert_eq!(apart().moves(), ["b 1.0.0 → 1.0.1 patch (commit)"]);
    let pinned = EcosystemPolicy { pin: Some(Pin::Exact), ..EcosystemPolicy::default() };
    let pinned = apart().policy(|policy| drop(policy.ecosystems.insert(EcosystemLabel::new("py"), pinned)));
    assert_eq!(pinned.moves().len(), 2, "the next `a` needs the next `b`");
}

/// A plugin of npm names its host twice: `>=1` as a peer, and `workspace:*` to develop with, which is the very version.
#[test]
fn each_requirement_on_one_package_moves_by_its_own_kind() {
    let moved = |dependencies: &[Dependency], message| {
        let world = dependencies.iter().fold(three(), |world, dependency| world.needs_by("a", dependency.clone()));
        let world = released(world.policy(|policy| policy.propagate = Propagate::OutOfRange));
        world.commit(&["b"], message).moves().len()
    };
    let written = |kind| on("b", kind).with_worded(Worded::AsWritten);
    let (developers, apart) = (on("b", DependencyKind::Dev), Propagation::OutOfRange);
    for kind in [DependencyKind::Peer, DependencyKind::Runtime, DependencyKind::Optional] {
        let both = [written(kind), developers.clone()];
        assert_eq!(moved(&both, "fix: one"), 1, "{kind:?}: `<2` admits 1.0.1, and no pin of developers is published");
        assert_eq!(moved(&both, "feat!: one"), 2, "{kind:?}: 2.0.0 leaves `<2`");
    }
    let pinned = [written(DependencyKind::Peer), on("b", DependencyKind::Runtime)];
    assert_eq!(moved(&pinned, "fix: one"), 2, "what is published exactly is left by any move");
    let never = [written(DependencyKind::Peer), on("b", DependencyKind::Runtime).with_propagation(Propagation::Never)];
    assert_eq!(moved(&never, "fix: one"), 1, "a pin that moves nobody is no other's");
    let kept = [written(DependencyKind::Peer), on("b", DependencyKind::Optional).with_propagation(apart)];
    assert_eq!(moved(&kept, "fix: one"), 1, "nor is one that keeps its own pace");
}

/// What cargo requires of siblings is published as package files say it, and develops along with them.
#[test]
fn what_is_published_as_written_is_left_by_a_version_that_it_does_not_admit() {
    let needs = |kind| on("b", kind).with_worded(Worded::AsWritten);
    let world = |dependency| {
        let world = three().needs_by("a", dependency).policy(|policy| policy.propagate = Propagate::OutOfRange);
        released(world)
    };
    let runtime = || world(needs(DependencyKind::Runtime));
    assert_eq!(runtime().commit(&["b"], "feat: one").moves().len(), 1, "`<2` admits 1.1.0, and nothing pins it");
    assert_eq!(runtime().commit(&["b"], "feat!: one").moves().len(), 2, "2.0.0 leaves `<2`");
    let exact = EcosystemPolicy { pin: Some(Pin::Exact), ..EcosystemPolicy::default() };
    let pinned = |world: World| world.policy(|policy| drop(policy.ecosystems.insert(EcosystemLabel::new("py"), exact)));
    let pinned_runtime = pinned.clone()(runtime()).commit(&["b"], "feat: one").moves();
    assert_eq!(pinned_runtime.len(), 2, "the configuration pins it");
    let developers = pinned(world(needs(DependencyKind::Dev))).commit(&["b"], "feat!: one").moves();
    assert_eq!(developers.len(), 1, "what developers require moves nobody, pinned or not");
}
