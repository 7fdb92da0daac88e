//! Two releases of a repository of two languages, from commits to what an installer takes, each through a pull request.

use std::fs;

use releasekit_core::forge::MergeMethod;
use releasekit_e2e::{Hub, Polyglot};
use releasekit_testkit::Tools;
use releasekit_testkit::servers::Prism;
use serde_json::Value;

#[test]
fn merged_by_a_merge_commit_and_then_squashed() {
    goes_the_whole_way([MergeMethod::Merge, MergeMethod::Squash]);
}

#[test]
fn rebased_and_then_merged_by_a_merge_commit() {
    goes_the_whole_way([MergeMethod::Rebase, MergeMethod::Merge]);
}

fn goes_the_whole_way([first, second]: [MergeMethod; 2]) {
    let Some((tools, node)) = Tools::require_with_node() else { return };
    let hub = Hub::start();
    let prism = Prism::start(&tools, &node, &hub.server().api_url());
    let forge = format!("\n[forge]\nkind = \"github\"\napi_url = \"{}\"\n", prism.url());
    let shop =
        Polyglot::begun(&tools, crate::binary(), hub, &format!("{forge}\n[pull_request]\nlabels = [\"release\"]\n"));
    for (number, message, how, version) in [(1, "feat: begin", first, "0.1.0"), (2, "feat: go on", second, "0.1.1")] {
        shop.hub().server().stands_behind(prism.url());
        shop.change(message);
        released(&shop, number, how, &[version; 2]);
    }
    let mut violations = prism.violations();
    // The proxy follows a redirection to the host of files with the token, which that host takes from nobody.
    violations.retain(|violation| !violation.contains("/releases/assets/"));
    assert_eq!(violations, Vec::<String>::new(), "everything fits the official description of the API");
    let repository = shop.hub().repository();
    assert_eq!(repository.made_tags(), Vec::<String>::new(), "every tag was pushed before its release was made");
    let releases = repository.releases();
    let is_whole =
        |release: &Value| release["draft"] == false && release["assets"].as_array().is_some_and(|it| it.len() > 1);
    assert!(releases.len() == 8 && releases.iter().all(is_whole), "{releases:#?}");
}

/// One release, from `prepare` to what is installed; then everything once more, which changes nothing anywhere.
fn released(shop: &Polyglot, number: u64, how: MergeMethod, installed: &[&str]) {
    let repository = shop.hub().repository();
    shop.releasekit(["prepare"]).ok();
    assert_eq!(repository.pulls(), number);
    labelled(shop, number, &["autorelease: pending", "release"]);
    unchanged(shop, &["prepare"]);
    shop.merge(number, how);
    shop.releasekit(["release", "--yes"]).ok();
    labelled(shop, number, &["autorelease: tagged", "release"]);
    unchanged(shop, &["release", "--yes"]);
    shop.releasekit(["publish", "--yes"]).ok();
    labelled(shop, number, &["autorelease: published", "release"]);
    unchanged(shop, &["publish", "--yes"]);
    unchanged(shop, &["release", "--yes"]);
    let plan = shop.json(["plan", "--format", "json"]);
    let rows = plan["packages"].as_array().expect("a plan has packages");
    assert!(rows.iter().all(|row| row["next"] == Value::Null), "{plan:#}");
    assert_eq!(shop.installed(), installed);
    elsewhere(shop, number);
}

/// A clone that has one commit and no state finds that all is done; what proves it are the receipts on the forge.
fn elsewhere(shop: &Polyglot, number: u64) {
    let name = format!("clone-{number}");
    let folder = shop.clone(&name, &["--depth", "1"]);
    // Past the proxy, which cannot bring files: pages lead past it too.
    let server = shop.hub().server();
    server.stands_behind(server.api_url());
    let file = folder.join("releasekit.toml");
    let configuration = fs::read_to_string(&file).expect("it is there");
    let direct = configuration.lines().filter(|line| !line.starts_with("api_url")).collect::<Vec<_>>().join("\n");
    fs::write(&file, direct).expect("the clone is writable");
    let (changes, uploads) = (shop.hub().server().changes(), shop.uploads());
    let ran = shop.run_in(&folder, &["publish", "--yes"]);
    let said = ran.ok();
    assert_eq!(said.matches("proven by its receipt").count(), 4, "{said}");
    assert_eq!((shop.hub().server().changes(), shop.uploads()), (changes, uploads));
}

#[track_caller]
fn labelled(shop: &Polyglot, number: u64, expected: &[&str]) {
    let mut labels = shop.hub().repository().labels(number);
    labels.sort_unstable();
    assert_eq!(labels, expected);
}

/// Runs a command that finds everything as it should be: neither the forge nor a registry is written to.
#[track_caller]
fn unchanged(shop: &Polyglot, args: &[&str]) {
    let (changes, uploads, shows) = (shop.hub().server().changes(), shop.uploads(), shop.hub().shows());
    let ran = shop.run(args);
    ran.ok();
    assert_eq!((shop.hub().server().changes(), shop.uploads()), (changes, uploads), "{args:?}");
    assert_eq!(shop.hub().shows(), shows, "{args:?}");
}
