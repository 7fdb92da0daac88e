//! What is asked, held against the official description of the API, with a proxy between that says what does not fit; and
//! against the official schema of GraphQL.

use libtest_mimic::{Failed, Trial};
use releasekit_core::Forge;
use releasekit_core::forge::{ChangeRequestUpsert, CommentUpsert, ReleaseUpsert, Written};
use releasekit_core::model::{BranchName, TagName};
use releasekit_github::{ENDPOINTS, Endpoint, GitHub};
use releasekit_testkit::servers::Prism;
use releasekit_testkit::{Node, Tools};

use crate::cycle::{Cycle, documented};
use crate::trouble::is_of;

/// What the proxy would follow to another host itself, with the token. It is asked past it.
const PAST: &str = "repos/get-release-asset";

pub(crate) fn trial() -> Trial {
    Trial::test("official::every_operation_of_the_table_is_asked_as_it_is_described", || {
        let Some((tools, node)) = Tools::require_with_node() else { return Ok(()) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failed::from(error.to_string()))?;
        let cycle = Cycle::new();
        let prism = Prism::start(&tools, &node, &cycle.server.api_url());
        cycle.server.stands_behind(prism.url());
        runtime.block_on(all_operations(&cycle, prism.url()));
        assert_eq!(prism.violations(), [""; 0]);
        check_documents(&node, cycle.server.documents());
        Ok(())
    })
}

/// Whether documents fit the schema.
fn check_documents(node: &Node, documents: Vec<String>) {
    assert_eq!(documents.len(), 2, "{documents:?}");
    node.run("schema.mjs", include_str!("schema.mjs"), documents).ok();
}

async fn all_operations(cycle: &Cycle, proxy: &str) {
    let github = cycle.open_behind(documented(), Some(proxy));
    cycle.run(&github).await.expect("it fits");
    cycle.rest(&github).await.expect("it fits");
    second_request(cycle, &github).await;
    second_release(cycle, &github).await;
    several_tags(cycle, &github).await;
    // Whoever knows nothing asks.
    let first = cycle.open_behind(documented(), Some(proxy)).release(&TagName::new("v1")).await.expect("it fits");
    assert_eq!(first.and_then(|release| release.latest), Some(true));
    let asked = cycle.server.requests();
    let is_asked = |endpoint: &&Endpoint| asked.iter().any(|request| is_of(endpoint, &request.method, &request.path));
    let missing: Vec<&str> =
        ENDPOINTS.iter().filter(|endpoint| !is_asked(endpoint)).map(|endpoint| endpoint.operation).collect();
    assert_eq!(missing, [PAST], "nothing else stands in the table without being needed");
}

/// What is updated, spoken of and closed.
async fn second_request(cycle: &Cycle, github: &GitHub) {
    let [head, base] = ["second", "main"].map(BranchName::new);
    cycle.repository.commit("second", "second.txt", "new").expect("a commit can be made");
    let wanted = |title: &str| ChangeRequestUpsert::new([head.clone(), base.clone()], title, "notes");
    let opened = github.upsert_change_request(&wanted("one")).await.value().expect("it fits");
    let updated = github.upsert_change_request(&wanted("two")).await;
    assert!(matches!(updated, Written::Updated(_)), "{updated:?}");
    for text in ["one", "two"] {
        github.upsert_comment(&CommentUpsert::new(opened.number, "m", text)).await.value().expect("it fits");
    }
    github.close_change_request(opened.number).await.value().expect("it fits");
    let found = github.change_requests(&head, &base).await.expect("it fits");
    assert_eq!(found[0].closed_by.as_deref(), Some("releaser"));
}

/// Half a file that came after the look.
async fn second_release(cycle: &Cycle, github: &GitHub) {
    let tag = TagName::new("v0/sub");
    cycle.repository.tag(tag.as_str(), "main").expect("a tag can be pushed");
    github.upsert_release(&ReleaseUpsert::new(tag.clone(), "v0", "").with_draft()).await.value().expect("it fits");
    cycle.repository.half_upload(tag.as_str(), "a-1.whl");
    let uploaded = github.upload_asset(&cycle.asset(&tag)).await;
    assert!(matches!(uploaded, Written::Updated(_)), "{uploaded:?}");
}

/// More tags than are asked for one by one.
async fn several_tags(cycle: &Cycle, github: &GitHub) {
    for number in 0..4 {
        let tag = TagName::new(format!("w{number}"));
        cycle.repository.tag(tag.as_str(), "main").expect("a tag can be pushed");
        github.upsert_release(&ReleaseUpsert::new(tag, "w", "").with_draft()).await.value().expect("it fits");
    }
}
