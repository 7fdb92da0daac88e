//! The tag that all packages of a release have together.

use releasekit_core::model::TagName;
use releasekit_core::policy::Policy;

use crate::discover::Discovery;
use crate::error::Result;
use crate::plan::Row;

/// The umbrella tag of rows that move; `None` where there is to be none.
///
/// It has the version of one package, so there is none where that does not move: the version has its umbrella already. Nor is
/// there one beside a tag of that name that packages have by themselves.
pub(crate) fn umbrella(policy: &Policy, discovery: &Discovery, rows: &[Row]) -> Result<Option<TagName>> {
    let Some(format) = &policy.umbrella_tag else { return Ok(None) };
    let leading = match &policy.umbrella_version {
        Some(name) => {
            let id = &discovery.members[discovery.find(name)?].id;
            rows.iter().find(|row| row.id() == *id)
        }
        None => rows.first().filter(|_| policy.synchronize),
    };
    let version = leading.and_then(|row| row.next.as_ref());
    let tag = version.map(|version| TagName::new(format.replace("{version}", version.as_str())));
    Ok(tag.filter(|tag| rows.iter().all(|row| row.tag.as_ref() != Some(tag))))
}
