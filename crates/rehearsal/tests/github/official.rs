//! Held against the official description of the API, by GitHub's own client.

use releasekit_rehearsal::github::Options;
use releasekit_testkit::Tools;
use releasekit_testkit::servers::Prism;

use crate::client::Forge;

#[test]
fn the_whole_cycle_fits_the_official_description() {
    let Some((tools, node)) = Tools::require_with_node() else { return };
    let forge = Forge::with(Options::default().with_page(3));
    before(&forge);
    let prism = Prism::start(&tools, &node, &forge.server.api_url());
    forge.server.stands_behind(prism.url());
    let used = node.run("cycle.mjs", include_str!("cycle.mjs"), [prism.url(), &forge.token]).ok();
    assert_eq!(prism.violations(), Vec::<String>::new(), "statuses that the description does not list");
    let described = include_str!("../../../../xtask/tools/node/operations.txt");
    let unused = described.lines().filter(|line| !line.starts_with('#') && !used.lines().any(|used| used == *line));
    assert_eq!(unused.collect::<Vec<_>>(), ["POST /repos/{owner}/{repo}/releases/{release_id}/assets"]);
    assert_eq!(forge.repository.made_tags(), ["v1.0.0"]);
    assert_eq!(forge.repository.dispatches().len(), 1);
}

/// What people have done before: branches, and a pull request that was reviewed and spoken of.
fn before(forge: &Forge) {
    forge.repository.invite("bob");
    for branch in ["people", "merge", "squash", "rebase", "signed"] {
        forge.repository.commit(branch, &format!("{branch}.txt"), "new\n").expect("a commit is made");
    }
    let number = forge.repository.open(&forge.repository, "people", "feat: by hand").expect("it is opened");
    forge.repository.review(number, "bob");
    forge.repository.comment(number, "bob", "looks good");
}
