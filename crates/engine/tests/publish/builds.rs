//! Builds: pinned, in order, checked, and taken from elsewhere.

use std::fs;

use releasekit_core::model::{EcosystemLabel, TagName};
use releasekit_core::policy::{EcosystemPolicy, Participation};
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_engine::artifacts::{self, Sources};
use releasekit_engine::cancel::Cancel;

use crate::world::{World, failures, snapshot};
use crate::{outcomes, pairs};

#[tokio::test(start_paused = true)]
async fn a_sibling_that_is_needed_to_build_is_built_first_and_offered() {
    let mut world = World::new(&[]);
    world.package("tool", "1.0.0", "");
    world.package("uses", "1.0.0", "builds-with = tool\n");
    world.row("tool", "1.0.0");
    world.row("uses", "1.0.0");
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(world.builds().built, ["tool", "uses"]);
    assert_eq!(world.builds().saw["uses"].0, ["tool-1.0.0.bin", "tool-1.0.0.src"]);
}

#[tokio::test(start_paused = true)]
async fn a_sibling_that_does_not_move_is_built_to_build_with_and_not_published() {
    let mut world = World::new(&[]);
    world.package("tool", "1.0.0", "");
    world.package("uses", "1.0.0", "builds-with = tool\n");
    world.row("uses", "1.0.0");
    world.index().put("tool-1.0.0.bin", "live since long");
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(world.index().uploads, ["uses-1.0.0.bin", "uses-1.0.0.src"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_build_leaves_behind_does_not_reach_another() {
    let mut world = World::new(&[("outer", &[])]);
    world.package("outer/inner", "1.0.0", "");
    let text = "name = inner\nversion = 1.0.0\nrequires = outer\n";
    world.package("outer", "1.0.0", "");
    world.row("outer/inner", "1.0.0");
    world.put_file("outer/inner/package.txt", text);
    assert!(world.publish().await.unwrap().is_complete());
    for (name, (_, beside)) in &world.builds().saw {
        assert!(!beside.contains(&"left-by-the-build".to_owned()), "{name} saw {beside:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_a_backend_names_reaches_no_build_whoever_asks_for_it() {
    let mut world = World::new(&[("a", &[])]);
    world.policy.build_env = ["CC", "MEMORY_LOGIN", "GITHUB_TOKEN"].map(str::to_owned).into();
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(world.builds().variables, ["CC"]);
}

#[tokio::test(start_paused = true)]
async fn a_failing_build_stops_its_dependents_alone() {
    let world = World::new(&[("a", &[]), ("b", &["a"]), ("c", &[])]);
    world.builds().failing.push("a".to_owned());
    let report = world.publish().await.unwrap();
    let expected = [("a", "RK-TEST-FAULT"), ("b", "blocked by mem:a"), ("c", "published")];
    assert_eq!(outcomes(&report), pairs(&expected));
    let error = failures(&report).next().unwrap();
    assert_eq!((error.kind(), error.output().as_deref()), (ErrorKind::ToolFailed, Some("it does not compile")));
}

#[tokio::test(start_paused = true)]
async fn packages_of_a_tool_that_builds_together_are_built_once_and_together() {
    let mut world = World::new(&[("a", &[]), ("b", &["a"]), ("c", &[])]);
    world.builds().builds_together = true;
    world.policy.packages.entry("c".to_owned()).or_default().verify = Some(false);
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(world.builds().together, [["a", "c", "b"]]);
    assert_eq!(world.builds().built, ["a", "c", "b"]);
    assert_eq!(world.builds().untried, ["c"]);
}

#[tokio::test(start_paused = true)]
async fn where_a_group_cannot_be_built_only_who_needs_the_failing_one_is_stopped() {
    let world = World::new(&[("a", &[]), ("b", &["a"]), ("c", &[]), ("d", &["c"])]);
    world.builds().builds_together = true;
    world.builds().failing.push("a".to_owned());
    let report = world.publish().await.unwrap();
    let expected = [("a", "RK-TEST-FAULT"), ("b", "blocked by mem:a"), ("c", "published"), ("d", "published")];
    assert_eq!(outcomes(&report), pairs(&expected));
    assert_eq!(world.builds().saw["d"].0, ["c-1.0.0.bin", "c-1.0.0.src"], "what it needs is offered");
    let world = World::new(&[("a", &[]), ("b", &["a"])]);
    world.builds().builds_together = true;
    world.builds().extra.insert("b".to_owned(), "version = 2.0.0\n".to_owned());
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "published"), ("b", "RK-BUILD-IDENTITY-MISMATCH")]));
}

#[tokio::test(start_paused = true)]
async fn a_group_that_cannot_be_built_is_halved_and_no_package_is_built_by_itself_for_the_fault_of_another() {
    let needs_a = |name| (name, &["a"][..]);
    let mut packages = vec![("a", &[][..])];
    packages.extend(["b", "c", "d", "e", "f", "g"].map(needs_a));
    packages.push(("h", &["e"]));
    let world = World::new(&packages);
    world.builds().builds_together = true;
    world.builds().failing.push("e".to_owned());
    let report = world.publish().await.unwrap();
    let stopped = outcomes(&report).into_iter().filter(|(_, outcome)| outcome != "published").collect::<Vec<_>>();
    assert_eq!(stopped, pairs(&[("e", "RK-TEST-FAULT"), ("h", "blocked by mem:e")]));
    let asked: Vec<String> = world.builds().together.iter().map(|names| names.concat()).collect();
    assert_eq!(asked, ["abcdefgh", "abcd", "efgh", "ef"]);
    // The last one is what says why `e` fails.
    assert_eq!(world.builds().built.concat(), "abcdeabcdeeefge");
}

#[tokio::test(start_paused = true)]
async fn one_package_of_a_tool_that_builds_together_is_built_with_what_the_release_brings_to_it() {
    let mut world = World::new(&[]);
    world.package("live", "1.0.0", "");
    world.package("new", "1.0.0", "requires = live\n");
    world.package("uses", "1.0.0", "requires = new\n");
    world.row("new", "1.0.0");
    world.row("uses", "1.0.0");
    world.builds().builds_together = true;
    let session = world.session();
    let sources = Sources::of_release(&session, &world.release()).await.unwrap();
    let members = &sources.snapshot.discovery.members;
    let uses = members.iter().position(|member| member.id.name.as_str() == "uses").unwrap();
    let out = world.folder.path().join("dist");
    let files = artifacts::build_into(&session, &sources, &[uses], Some(&out), &Cancel::never()).await.unwrap();
    assert_eq!(files.len(), 2, "{files:?}");
    assert_eq!(world.builds().together, [["new", "uses"]]);
}

#[tokio::test(start_paused = true)]
async fn a_failing_sibling_outside_of_the_release_is_told() {
    let mut world = World::new(&[]);
    world.package("tool", "1.0.0", "");
    world.package("uses", "1.0.0", "builds-with = tool\n");
    world.row("uses", "1.0.0");
    world.index().put("tool-1.0.0.bin", "live since long");
    world.builds().failing.push("tool".to_owned());
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("uses", "RK-TEST-FAULT")]));
    assert!(failures(&report).next().unwrap().to_string().contains("mem:tool"));
}

/// What a build ends in whose artifacts get these lines besides.
async fn with_lines(package: &str, more: &str) -> String {
    let world = World::new(&[("a", &[]), ("b", &["a"])]);
    world.builds().extra.insert(package.to_owned(), more.to_owned());
    let report = world.publish().await.unwrap();
    assert!(world.index().uploads.iter().all(|name| !name.starts_with(package)), "checked before the upload");
    outcomes(&report).into_iter().find(|(name, _)| name == package).unwrap().1
}

#[tokio::test(start_paused = true)]
async fn artifacts_are_checked_before_the_first_upload() {
    let cases = [
        ("a", "version = 2.0.0\n", "RK-BUILD-IDENTITY-MISMATCH"),
        ("a", "name = other\n", "RK-BUILD-IDENTITY-MISMATCH"),
        ("a", "platform = linux_x86_64\n", "RK-BUILD-PLATFORM-WHEEL"),
        ("b", "requires = a>=0.5\n", "RK-BUILD-REQUIREMENT-MISMATCH"),
    ];
    for (package, more, expected) in cases {
        assert_eq!(with_lines(package, more).await, expected, "{more}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_release_consists_of_the_usual_set_or_of_what_is_declared() {
    let mut world = World::new(&[("a", &[])]);
    let more = ("a-1.0.0-linux.bin".to_owned(), "platform = linux\n".to_owned());
    world.builds().files.insert("a".to_owned(), vec![more]);
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "RK-BUILD-PLATFORM-WHEEL")]));
    world.declare("a", &["*.bin", "*.src"]);
    assert!(world.publish().await.unwrap().is_complete());

    let mut world = World::new(&[("a", &[])]);
    world.builds().files.insert("a".to_owned(), vec![("a-1.0.0-second.src".to_owned(), String::new())]);
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "RK-BUILD-INCOMPLETE")]));
    world.declare("a", &["*.bin", "*.src", "*.exe"]);
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "RK-BUILD-INCOMPLETE")]));
}

/// Artifacts built into a folder, as a build job does.
async fn built_elsewhere(world: &World) -> std::path::PathBuf {
    let out = world.folder.path().join("dist");
    let session = world.session();
    let sources = Sources::of_release(&session, &world.release()).await.unwrap();
    let all: Vec<usize> = (0..sources.snapshot.discovery.members.len()).collect();
    let files = artifacts::build_into(&session, &sources, &all, Some(&out), &Cancel::never()).await.unwrap();
    assert_eq!(files.len(), 2 * all.len());
    out
}

#[tokio::test(start_paused = true)]
async fn artifacts_from_elsewhere_are_sent_as_they_are() {
    let mut world = World::new(&[("a", &[]), ("b", &["a"])]);
    let out = built_elsewhere(&world).await;
    let nested = out.join("nested");
    fs::create_dir(&nested).unwrap();
    fs::rename(out.join("mem/b/b-1.0.0.bin"), nested.join("b-1.0.0.bin")).unwrap();
    fs::copy(out.join("mem/a/a-1.0.0.bin"), nested.join("a-1.0.0.bin")).unwrap();
    fs::write(out.join("README"), "no artifact").unwrap();
    let bytes = fs::read(out.join("mem/a/a-1.0.0.src")).unwrap();
    world.builds().built.clear();
    world.options.artifacts = Some(out);
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(world.builds().built.len(), 0, "no code of the repository runs");
    assert_eq!(world.index().bytes("a-1.0.0.src"), Some(bytes.as_slice()));
}

/// `x:a` and `y:a`, which go to two registries; the release is of `y:a`.
fn of_two_workspaces() -> World {
    let mut world = World::new(&[]);
    world.remove_file("workspace.txt");
    for (workspace, version) in [("x", "1.0.0"), ("y", "2.0.0")] {
        world.put_file(&format!("{workspace}/workspace.txt"), "");
        world.put_file(&format!("{workspace}/a/package.txt"), &format!("name = a\nversion = {version}\n"));
    }
    let elsewhere = EcosystemPolicy { publish_url: Some("http://other.invalid/".to_owned()), ..Default::default() };
    world.policy.ecosystems.insert(EcosystemLabel::new("x"), elsewhere);
    world.policy.tag_format = vec!["{label}-{name}-v{version}".to_owned()];
    world.row("y/a", "2.0.0");
    world.edit(|rows| {
        rows[0].label = EcosystemLabel::new("y");
        rows[0].tag = Some(TagName::new("y-a-v2.0.0"));
    })
}

#[tokio::test(start_paused = true)]
async fn artifacts_of_one_name_from_elsewhere_are_told_apart_by_their_folders() {
    let mut world = of_two_workspaces();
    let out = built_elsewhere(&world).await;
    world.options.artifacts = Some(out.clone());
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(world.index().uploads, ["a-2.0.0.bin", "a-2.0.0.src"], "those of `x:a` are left alone");

    let mut flat = of_two_workspaces();
    fs::rename(out.join("y/a"), out.join("flat")).unwrap();
    flat.options.artifacts = Some(out);
    let error = flat.publish().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-BUILD-INCOMPLETE");
    assert!(error.to_string().contains("`x/a`, `y/a`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn packages_that_a_registry_would_take_for_one_are_refused() {
    let mut world = of_two_workspaces();
    world.policy.ecosystems.clear();
    let error = world.publish().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-PACKAGE-NAMESAKES");
    assert!(error.to_string().contains("`y:a` and `x:a`"), "{error}");
    world.policy.packages.entry("x:a".to_owned()).or_default().release = Some(Participation::Tag);
    assert!(world.publish().await.unwrap().is_complete());
}

#[tokio::test(start_paused = true)]
async fn an_incomplete_set_from_elsewhere_is_refused() {
    let mut world = World::new(&[("a", &[]), ("b", &["a"])]);
    let out = built_elsewhere(&world).await;
    fs::remove_file(out.join("mem/a/a-1.0.0.src")).unwrap();
    fs::remove_file(out.join("mem/b/b-1.0.0.bin")).unwrap();
    fs::remove_file(out.join("mem/b/b-1.0.0.src")).unwrap();
    world.options.artifacts = Some(out.clone());
    let error = world.publish().await.unwrap_err();
    let codes: Vec<_> = error.parts().iter().map(|part| part.code().as_str()).collect();
    assert_eq!(codes, ["RK-BUILD-INCOMPLETE", "RK-BUILD-INCOMPLETE"]);
    assert_eq!(world.index().uploads.len(), 0);
    world.options.artifacts = Some(out.join("absent"));
    assert_eq!(world.publish().await.unwrap_err().code().as_str(), "RK-FILE-FAILED");
}

#[tokio::test(start_paused = true)]
async fn an_artifact_that_changed_on_disk_is_built_anew() {
    let world = World::new(&[("a", &[])]);
    world.index().fault("a-1.0.0.bin", releasekit_testkit::memory::Fault::Refused(ErrorKind::Invalid));
    world.publish().await.unwrap();
    let stored = world.release_folder().join("artifacts/mem/a/a-1.0.0.src");
    fs::write(&stored, "rotten").unwrap();
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(world.builds().built, ["a", "a"]);
}

#[tokio::test(start_paused = true)]
async fn commands_need_somebody_to_run_them() {
    let mut world = World::new(&[("a", &[])]);
    let commands = releasekit_core::policy::EcosystemPolicy {
        ecosystem: Some("memory".to_owned()),
        build_commands: vec![vec!["make".to_owned()]],
        ..Default::default()
    };
    world.policy.ecosystems.insert(releasekit_core::model::EcosystemLabel::new("mem"), commands);
    let error = world.publish().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-COMMANDS-UNSUPPORTED");
    assert!(snapshot(&world.folder.path().join("cache")).is_empty(), "the export is gone");
}

#[tokio::test(start_paused = true)]
async fn what_stands_in_tags_is_built_at_the_version_of_its_tag() {
    let mut world = World::new(&[]);
    world.put_file("a/package.txt", "name = a\n");
    world.local_tags.push(TagName::new("a-v0.7.0"));
    world.builds().extra.insert("a".to_owned(), "version = 0.7.0\n".to_owned());
    let session = world.session();
    let sources = Sources::of_commit(&session, &world.commit().id).await.unwrap();
    let out = world.folder.path().join("dist");
    let built = artifacts::build_into(&session, &sources, &[0], Some(&out), &Cancel::never()).await.unwrap();
    assert_eq!(built.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_package_without_a_version_cannot_be_built() {
    let mut world = World::new(&[]);
    world.put_file("a/package.txt", "name = a\n");
    let session = world.session();
    let sources = Sources::of_commit(&session, &world.commit().id).await.unwrap();
    let out = world.folder.path().join("dist");
    let error = artifacts::build_into(&session, &sources, &[0], Some(&out), &Cancel::never()).await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-VERSION-MISSING");
    assert!(!out.exists());
}
