//! What was released is not planned again, whatever its tags look like, and the next change is planned from there.

use proptest::prelude::*;
use releasekit_engine::release::{Building, ReleaseOptions, Released};

use crate::shop::Shop;

/// How tags may be written: what the configuration says, if anything, and the format of the tags that are there.
const FORMATS: &[(&[&str], &str)] = &[
    (&[], "{name}-v{version}"),
    (&[], "{name}@{version}"),
    (&[], "{name}=={version}"),
    (&[], "{name}/v{version}"),
    (&[], "mem/{name}/v{version}"),
    (&["{name}-v{version}"], "{name}-v{version}"),
    (&["v{version}-of-{name}"], "v{version}-of-{name}"),
    (&["{label}.{name}.{version}"], "mem.{name}.{version}"),
    // The first is written, and what is there is read.
    (&["{name}@{version}", "{name}-v{version}"], "{name}-v{version}"),
    // One tag for all.
    (&["v{version}"], "v{version}"),
    (&["{version}"], "{version}"),
];

fn commits() -> impl Strategy<Value = Vec<(usize, &'static str)>> {
    let messages = proptest::sample::select(vec!["fix: a", "feat: b", "feat!: c", "docs: d", "perf: e"]);
    proptest::collection::vec((0usize..3, messages), 1..5)
}

const NAMES: [&str; 3] = ["base", "mid", "top"];

/// Three packages in a row, released at one version under tags of this format.
async fn begun(configured: &[&str], format: &str, version: &str) -> Shop {
    let mut shop = Shop::untagged(&[("base", version, &[]), ("mid", version, &["base"]), ("top", version, &["mid"])]);
    shop.world.policy.tag_format = configured.iter().map(|text| (*text).to_owned()).collect();
    shop.world.policy.synchronize = !format.contains("{name}");
    let tag = |name: &str| format.replace("{name}", name).replace("{version}", version);
    let tags: std::collections::BTreeSet<String> = NAMES.into_iter().map(tag).collect();
    for tag in tags {
        shop.tag(&tag).await;
    }
    shop.renewed().await
}

async fn check(format: usize, version: &str, commits: Vec<(usize, &'static str)>) -> Result<(), TestCaseError> {
    let (configured, format) = FORMATS[format];
    let mut shop = begun(configured, format, version).await;
    prop_assert_eq!(shop.planned().await, vec![], "{}", format);
    for (place, (package, message)) in commits.into_iter().enumerate() {
        let message = format!("{message} {place}");
        shop = shop.change(NAMES[package], &message).await;
    }
    let planned = shop.planned().await;
    if planned.is_empty() {
        return Ok(());
    }
    let shop = shop.prepared().await;
    let pending = shop.pending().await;
    prop_assert!(pending.is_some_and(|pending| pending.refusals.is_empty()), "{}: nothing came in between", format);
    let options = ReleaseOptions { building: Building::Waived, ..ReleaseOptions::default() };
    let is_tagged = matches!(shop.release_with(&options).await, Ok(Released::Tagged(_)));
    prop_assert!(is_tagged, "{}", format);
    prop_assert_eq!(shop.planned().await, vec![], "{}, in this clone", format);
    let shop = shop.renewed().await;
    prop_assert_eq!(shop.planned().await, vec![], "{}, in another one", format);
    prop_assert!(shop.pending().await.is_none());
    // What comes next is counted from what was released.
    let shop = shop.change("top", "fix: z").await;
    let next = shop.planned().await;
    let of =
        |plan: &[(String, String)]| plan.iter().find(|(name, _)| name == "top").map(|(_, version)| version.clone());
    prop_assert!(of(&next).is_some() && of(&next) != of(&planned), "{}: {:?} after {:?}", format, next, planned);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_was_prepared_merged_and_tagged_is_not_planned_again(
        format in 0..FORMATS.len(),
        version in proptest::sample::select(vec!["0.1.0", "0.0.3", "1.0.0", "2.5.1", "1.0.0rc1"]),
        commits in commits(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(check(format, version, commits))?;
    }
}

/// Each format is tried, whatever chance chooses.
#[tokio::test(start_paused = true)]
async fn every_format_is_read_as_it_is_written() {
    for format in 0..FORMATS.len() {
        check(format, "1.0.0", vec![(0, "feat: a"), (2, "fix: b")]).await.unwrap();
    }
}
