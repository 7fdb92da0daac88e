//! Versions that are taken already.

use super::Bumps;
use crate::discover::Discovery;
use crate::error::{Error, Result, Taken};
use crate::history::Changes;

/// Refuses versions that have a tag in any spelling and format, wherever it is: registries take a version once.
pub(super) fn refuse(discovery: &Discovery, changes: &Changes, bumps: &Bumps) -> Result<()> {
    let mut packages = Vec::new();
    for (index, decision) in bumps.0.iter().enumerate() {
        let Some(next) = &decision.next else { continue };
        let member = &discovery.members[index];
        let scheme = discovery.scheme(member);
        let own = changes.naming.tag(discovery, index, next);
        let tagged = changes.members[index].tagged.iter();
        let taken = tagged.filter(|(version, _)| scheme.compare(version, next).is_eq()).map(|(_, tag)| tag);
        let same = changes.tags.get_key_value(&own).map(|(tag, _)| tag);
        if let Some(tag) = taken.chain(same).next() {
            packages.push(Taken { package: member.id.clone(), next: next.clone(), tag: tag.clone() });
        }
    }
    if packages.is_empty() { Ok(()) } else { Err(Error::TagExists { packages, is_behind: false }) }
}
