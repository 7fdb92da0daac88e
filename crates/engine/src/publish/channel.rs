//! Which name at a registry, such as `latest`, an upload lets point to its version.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use releasekit_core::VersionScheme;
use releasekit_core::model::{PackageId, Target, Version};
use releasekit_core::registry::Observed;
use tokio::time::timeout;

use crate::artifacts::Sources;
use crate::error::Result;
use crate::history;
use crate::observe::{Observations, Registries, no_answer};
use crate::session::Session;

/// How many registries are asked at once where their names point.
const AT_ONCE: usize = 50;

/// The name that installers follow who ask for none.
pub(super) const LATEST: &str = "latest";

/// The channels of uploads, by package and registry.
pub(super) type Channels = BTreeMap<(PackageId, Target), String>;

/// The channels of a release's packages, at each registry that has such names.
///
/// What others have published is in no tag of ours, so a registry is asked where `latest` points before an upload moves it. Fails where
/// it does not say.
pub(super) async fn choose(
    session: &Session,
    sources: &Sources,
    registries: &Registries<'_>,
    observations: &Observations,
) -> Result<Channels> {
    let mut asked = Vec::new();
    for package in &sources.releasing {
        for target in &package.targets {
            let registry = registries.get(target)?;
            asked.extend(registry.capabilities().channels.then_some((package, target, registry)));
        }
    }
    if asked.is_empty() {
        return Ok(BTreeMap::new());
    }
    let discovery = &sources.snapshot.discovery;
    let within = sources.snapshot.policy.publish.poll_timeout;
    let tagged = history::tagged_versions(session, &sources.snapshot).await?;
    let chosen = asked.into_iter().map(|(package, target, registry)| {
        let scheme = discovery.scheme(&discovery.members[package.member]);
        let mut known = tagged[package.member].clone();
        let is_live = matches!(observations.of(&package.id, target), Some(Observed::Live(_)));
        async move {
            let chosen = channel(scheme, &package.version, &known);
            if chosen != LATEST || is_live {
                return Ok(((package.id.clone(), target.clone()), chosen));
            }
            let points = timeout(within, registry.channels(&package.published_name)).await;
            known.extend(points.map_err(|_| no_answer(registry.as_ref(), within))??.remove(LATEST));
            Ok(((package.id.clone(), target.clone()), channel(scheme, &package.version, &known)))
        }
    });
    stream::iter(chosen).buffer_unordered(AT_ONCE).try_collect().await
}

/// `latest` moves only to a final version above every other one; a prerelease goes to its label, and a final version of an
/// older line to one of its own.
pub(super) fn channel(scheme: &dyn VersionScheme, version: &Version, tagged: &[Version]) -> String {
    let neutral = scheme.neutral(version);
    if let Some((label, _)) = neutral.as_ref().and_then(|neutral| neutral.pre.as_ref()) {
        return label.to_string();
    }
    let finals = tagged.iter().filter(|other| !scheme.is_prerelease(other));
    let is_highest =
        !scheme.is_prerelease(version) && finals.clone().all(|other| scheme.compare(other, version).is_le());
    match neutral {
        _ if is_highest => LATEST.to_owned(),
        Some(line) => format!("release-{}.{}", line.major, line.minor),
        None => format!("release-{version}"),
    }
}

#[cfg(test)]
mod tests {
    use releasekit_formats::semver::SemVer;

    use super::*;

    #[test]
    fn latest_moves_only_upwards() {
        let version = |text: &str| SemVer.parse(text).unwrap();
        let tagged = ["1.2.0", "2.0.0", "3.0.0-beta.1"].map(version);
        for (next, expected) in [
            ("2.0.1", "latest"),
            ("2.0.0", "latest"),
            ("1.2.1", "release-1.2"),
            ("3.0.0-beta.2", "beta"),
            ("3.0.0-canary.1", "canary"),
            ("3.0.0", "latest"),
        ] {
            assert_eq!(channel(&SemVer, &version(next), &tagged), expected, "{next}");
        }
        assert_eq!(channel(&SemVer, &version("0.1.0"), &[]), "latest", "a first release");
    }
}
