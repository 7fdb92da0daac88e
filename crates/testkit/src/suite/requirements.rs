//! What dialects of requirements promise.

use releasekit_core::codes::REQUIREMENT_AHEAD;
use releasekit_core::model::Version;
use releasekit_core::requirements::Pin;
use releasekit_core::{BackendError, Diagnostic, ErrorKind, Requirements};

use super::{Case, Kept, held};
use crate::cases;

/// Every way to pin.
const PINS: [Pin; 4] = [Pin::Exact, Pin::Compatible, Pin::Minimum, Pin::Keep];

/// A requirement with versions that it admits and versions that it does not.
pub type Row = (&'static str, &'static [&'static str], &'static [&'static str]);

/// A dialect, and what its requirements look like.
#[derive(Debug)]
pub struct World {
    /// The dialect.
    pub requirements: Box<dyn Requirements>,
    /// Requirements, of which some admit not everything.
    pub table: &'static [Row],
    /// Versions, each later than the one before it and none compatible with it.
    pub ascending: &'static [&'static str],
    /// A version before all that the table names, and one after them.
    pub far: [&'static str; 2],
    /// What is no requirement.
    pub no_requirements: &'static [&'static str],
}

/// Every promise.
pub const CASES: &[Case<World>] = cases![
    a_requirement_admits_what_it_says,
    a_rewritten_requirement_admits_the_version,
    what_admits_already_is_left,
    what_was_rewritten_is_left,
    what_is_rewritten_keeps_its_bounds,
    no_lower_bound_is_lowered,
    a_rewrite_changes_versions_alone,
    an_exact_pin_admits_its_version_alone,
    a_minimum_admits_what_is_later,
    a_compatible_pin_admits_its_version_and_not_every_other,
    a_pin_changes_no_word,
    what_is_kept_stays,
    what_is_no_requirement_is_invalid,
];

impl World {
    fn admits(&self, requirement: &str, version: &str) -> Result<bool, String> {
        let version = Version::from_canonical(version);
        self.requirements.satisfies(requirement, &version).map_err(|error| format!("`{requirement}`: {error}"))
    }

    fn rewritten(&self, requirement: &str, version: &str) -> Result<String, String> {
        let version = Version::from_canonical(version);
        self.requirements.rewrite(requirement, &version).map_err(|error| format!("`{requirement}`: {error}"))
    }

    fn pinned(&self, requirement: &str, version: &str, pin: Pin) -> Result<String, String> {
        let version = Version::from_canonical(version);
        self.requirements.pin(requirement, &version, pin).map_err(|error| format!("`{requirement}`: {error}"))
    }

    /// Each requirement with each version that it does not admit and is moved to, and what becomes of it.
    fn moved(&self) -> impl Iterator<Item = Result<(&'static str, &'static str, String), String>> {
        let refused = self
            .table
            .iter()
            .flat_map(|(requirement, _, refused)| refused.iter().map(|version| (*requirement, *version)));
        refused.filter_map(|(requirement, named)| {
            match self.requirements.rewrite(requirement, &Version::from_canonical(named)) {
                Err(error) if error.code() == REQUIREMENT_AHEAD => None,
                Err(error) => Some(Err(format!("`{requirement}`: {error}"))),
                Ok(rewritten) => Some(Ok((requirement, named, rewritten))),
            }
        })
    }

    /// Pins each requirement to each version, and says whether what comes of it admits them all as `expected` has it.
    fn pins(&self, pin: Pin, expected: impl Fn(usize, usize) -> Option<bool>) -> Kept {
        for (requirement, ..) in self.table {
            for (at, version) in self.ascending.iter().enumerate() {
                let pinned = self.pinned(requirement, version, pin)?;
                for (other, named) in self.ascending.iter().enumerate() {
                    let Some(expected) = expected(at, other) else { continue };
                    let admits = self.admits(&pinned, named)?;
                    let what = format!(
                        "`{requirement}` pinned to {version} as {pin:?} is `{pinned}`: whether it admits {named}"
                    );
                    held(admits == expected, format!("{what} is {admits} in place of {expected}"))?;
                }
            }
        }
        Ok(())
    }
}

async fn a_requirement_admits_what_it_says(world: &World) -> Kept {
    for (requirement, admitted, refused) in world.table {
        for (versions, expected) in [(admitted, true), (refused, false)] {
            for version in *versions {
                let admits = world.admits(requirement, version)?;
                let what = format!("whether `{requirement}` admits {version}");
                held(admits == expected, format!("{what} is {admits} in place of {expected}"))?;
            }
        }
    }
    Ok(())
}

async fn a_rewritten_requirement_admits_the_version(world: &World) -> Kept {
    for moved in world.moved() {
        let (requirement, version, rewritten) = moved?;
        let what = format!("`{requirement}` for {version} is `{rewritten}`");
        held(world.admits(&rewritten, version)?, format!("{what}, which does not admit it"))?;
    }
    Ok(())
}

async fn what_admits_already_is_left(world: &World) -> Kept {
    for (requirement, admitted, _) in world.table {
        for version in *admitted {
            let rewritten = world.rewritten(requirement, version)?;
            let what = format!("`{requirement}` admits {version}, and is rewritten");
            held(rewritten == *requirement, format!("{what}: `{rewritten}` in place of itself"))?;
        }
    }
    Ok(())
}

async fn what_was_rewritten_is_left(world: &World) -> Kept {
    for moved in world.moved() {
        let (_, version, once) = moved?;
        let twice = world.rewritten(&once, version)?;
        held(once == twice, format!("`{once}` admits {version}, and is rewritten: `{twice}` in place of itself"))?;
    }
    Ok(())
}

/// A version far away that is admitted since a requirement was rewritten.
fn opened(world: &World, requirement: &str, rewritten: &str) -> Result<Option<&'static str>, String> {
    for far in world.far {
        if world.admits(rewritten, far)? && !world.admits(requirement, far)? {
            return Ok(Some(far));
        }
    }
    Ok(None)
}

async fn what_is_rewritten_keeps_its_bounds(world: &World) -> Kept {
    for moved in world.moved() {
        let (requirement, version, rewritten) = moved?;
        let opened = opened(world, requirement, &rewritten)?;
        let what = format!("`{requirement}` for {version} is `{rewritten}`");
        held(opened.is_none(), format!("{what}, which admits {opened:?}: what bounds it has to stay"))?;
    }
    Ok(())
}

async fn no_lower_bound_is_lowered(world: &World) -> Kept {
    for (requirement, ..) in world.table {
        for versions in world.ascending.windows(2) {
            let minimum = world.pinned(requirement, versions[1], Pin::Minimum)?;
            let lowered = world.requirements.rewrite(&minimum, &Version::from_canonical(versions[0]));
            let is_refused = lowered.as_ref().is_err_and(|error| error.code() == REQUIREMENT_AHEAD);
            held(is_refused, format!("`{minimum}` for {} is {lowered:?}", versions[0]))?;
        }
    }
    Ok(())
}

/// The text without what stands in its numbers, which is what a rewrite leaves.
fn around_versions(text: &str) -> Vec<&str> {
    text.split(|c: char| c.is_ascii_digit() || c == '.').filter(|part| !part.is_empty()).collect()
}

async fn a_rewrite_changes_versions_alone(world: &World) -> Kept {
    for moved in world.moved() {
        let (requirement, version, rewritten) = moved?;
        if opened(world, requirement, &rewritten)?.is_some() {
            continue;
        }
        let (found, expected) = (around_versions(&rewritten), around_versions(requirement));
        let what = format!("`{requirement}` for {version} is `{rewritten}`");
        held(found == expected, format!("{what}: {found:?} around its versions in place of {expected:?}"))?;
    }
    Ok(())
}

async fn an_exact_pin_admits_its_version_alone(world: &World) -> Kept {
    world.pins(Pin::Exact, |at, other| Some(at == other))?;
    // What the table names may be compatible, which those of the world's order are not.
    let named: Vec<&str> =
        world.table.iter().flat_map(|(_, some, others)| some.iter().chain(*others)).copied().collect();
    for (requirement, ..) in world.table {
        for version in world.ascending {
            let pinned = world.pinned(requirement, version, Pin::Exact)?;
            for other in named.iter().filter(|other| *other != version) {
                let what = format!("`{requirement}` pinned to {version} as {:?} is `{pinned}`", Pin::Exact);
                held(
                    !world.admits(&pinned, other)?,
                    format!("{what}, which admits {other} in place of {version} alone"),
                )?;
            }
        }
    }
    Ok(())
}

async fn a_minimum_admits_what_is_later(world: &World) -> Kept {
    world.pins(Pin::Minimum, |at, other| Some(other >= at))
}

async fn a_compatible_pin_admits_its_version_and_not_every_other(world: &World) -> Kept {
    world.pins(Pin::Compatible, |at, other| Some(at == other))
}

/// The words of a text: names, markers and what else begins with a letter.
fn words(text: &str) -> Vec<&str> {
    let is_word = |word: &&str| word.starts_with(|c: char| c.is_ascii_alphabetic());
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_word).collect()
}

async fn a_pin_changes_no_word(world: &World) -> Kept {
    for (requirement, ..) in world.table {
        for pin in PINS {
            let pinned = world.pinned(requirement, world.ascending[0], pin)?;
            let (found, expected) = (words(&pinned), words(requirement));
            let what = format!("`{requirement}` pinned as {pin:?} is `{pinned}`");
            held(found == expected, format!("{what}: its words are {found:?} in place of {expected:?}"))?;
        }
    }
    Ok(())
}

async fn what_is_kept_stays(world: &World) -> Kept {
    for (requirement, ..) in world.table {
        for version in world.ascending {
            let kept = world.pinned(requirement, version, Pin::Keep)?;
            held(kept == *requirement, format!("`{requirement}` is kept: `{kept}` in place of itself"))?;
        }
    }
    Ok(())
}

async fn what_is_no_requirement_is_invalid(world: &World) -> Kept {
    let version = Version::from_canonical(world.ascending[0]);
    let (requirements, is_invalid) = (&world.requirements, |error: &BackendError| error.kind() == ErrorKind::Invalid);
    for text in world.no_requirements {
        let pinned = PINS.map(|pin| requirements.pin(text, &version, pin));
        let (admits, rewritten) = (requirements.satisfies(text, &version), requirements.rewrite(text, &version));
        let is_refused = admits.as_ref().is_err_and(is_invalid)
            && rewritten.as_ref().is_err_and(is_invalid)
            && pinned.iter().all(|pinned| pinned.as_ref().is_err_and(is_invalid));
        let found = format!("{admits:?}, {rewritten:?} and {pinned:?}");
        held(is_refused, format!("`{text}` is no requirement: {found} in place of `Invalid` each"))?;
    }
    Ok(())
}
