//! Which name at a registry, such as `latest`, an upload lets point to its version.

use std::collections::BTreeMap;

use releasekit_core::VersionScheme;
use releasekit_core::model::{PackageId, Version};

use crate::artifacts::Sources;
use crate::error::Result;
use crate::history;
use crate::observe::{Registries, Releasing};
use crate::session::Session;

/// The name that installers follow who ask for none.
const LATEST: &str = "latest";

/// The channels of a release's packages, where a registry that they go to has such names.
pub(super) async fn choose(
    session: &Session,
    sources: &Sources,
    registries: &Registries<'_>,
) -> Result<BTreeMap<PackageId, String>> {
    let mut asked = Vec::new();
    for package in &sources.releasing {
        let mut has_channels = false;
        for target in &package.targets {
            has_channels |= registries.get(target)?.capabilities().channels;
        }
        asked.extend(has_channels.then_some(package));
    }
    if asked.is_empty() {
        return Ok(BTreeMap::new());
    }
    let discovery = &sources.snapshot.discovery;
    let tagged = history::tagged_versions(session, &sources.snapshot).await?;
    let channel = |package: &Releasing| {
        let scheme = discovery.scheme(&discovery.members[package.member]);
        (package.id.clone(), channel(scheme, &package.version, &tagged[package.member]))
    };
    Ok(asked.into_iter().map(channel).collect())
}

/// `latest` moves only to a final version above every other one; a prerelease goes to its label, and a final version of an
/// older line to one of its own.
fn channel(scheme: &dyn VersionScheme, version: &Version, tagged: &[Version]) -> String {
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
