//! How leaflets need each other: `base`, `base = 1.0.0`, `base >= 1.0.0`, or `base ~ 1.0.0` up to the next major version.

use releasekit_core::codes::REQUIREMENT_AHEAD;
use releasekit_core::model::Version;
use releasekit_core::requirements::Pin;
use releasekit_core::{BackendError, Requirements, Result, VersionScheme};

use crate::error::invalid;
use crate::files::name;
use crate::scheme::Numbers;

/// The dialect.
#[derive(Debug, Clone, Copy)]
pub struct Needs;

/// A need, in parts that put together are its text.
struct Parts<'a> {
    name: &'a str,
    /// The sign, with the spaces around it.
    sign: &'a str,
    version: Option<Version>,
}

fn read(text: &str) -> Result<Parts<'_>> {
    let refuse = || invalid(format!("`{text}` is no need"));
    let name = name(text);
    let rest = &text[name.len()..];
    let (sign, version) = rest.split_at(rest.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or(rest.len()));
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match (sign.trim(), version) {
        _ if !is_name => Err(refuse()),
        ("", "") => Ok(Parts { name, sign, version: None }),
        ("=" | ">=" | "~", version) => Ok(Parts { name, sign, version: Some(Numbers.parse(version)?) }),
        _ => Err(refuse()),
    }
}

impl Parts<'_> {
    fn admits(&self, version: &Version) -> bool {
        let Some(named) = &self.version else { return true };
        let major = |version: &Version| Numbers.neutral(version).map(|neutral| neutral.major);
        let order = Numbers.compare(version, named);
        match self.sign.trim() {
            "=" => order.is_eq(),
            ">=" => order.is_ge(),
            _ => order.is_ge() && major(version) == major(named),
        }
    }
}

impl Requirements for Needs {
    fn satisfies(&self, requirement: &str, version: &Version) -> Result<bool> {
        Ok(read(requirement)?.admits(version))
    }

    fn rewrite(&self, requirement: &str, version: &Version) -> Result<String> {
        let parts = read(requirement)?;
        let is_admitted = parts.admits(version);
        if parts.version.as_ref().is_some_and(|named| Numbers.compare(named, version).is_gt()) {
            return Err(BackendError::new(REQUIREMENT_AHEAD, format!("`{requirement}` asks for more than {version}")));
        }
        Ok(if is_admitted { requirement.to_owned() } else { format!("{}{}{version}", parts.name, parts.sign) })
    }

    fn pin(&self, requirement: &str, version: &Version, pin: Pin) -> Result<String> {
        let name = read(requirement)?.name;
        Ok(match pin {
            Pin::Exact => format!("{name} = {version}"),
            Pin::Compatible => format!("{name} ~ {version}"),
            Pin::Minimum => format!("{name} >= {version}"),
            Pin::Keep => requirement.to_owned(),
        })
    }
}
