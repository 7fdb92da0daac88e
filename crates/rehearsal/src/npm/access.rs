//! Who asks, and what they may.

use axum::http::{HeaderMap, StatusCode, header};

use super::answer::Refusal;
use super::registry::Registry;
use crate::headers;
use crate::protocol::Served;

/// What somebody wants to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Write {
    /// A new version.
    Publish,
    /// Anything else.
    Change,
}

/// Who asks, by the token; `None` where nobody is asked who it is.
pub(super) fn who(registry: &Served<Registry>, headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let logins = &registry.options.logins;
    if logins.is_empty() {
        return Ok(None);
    }
    let unknown = |why: &str| Refusal::new(StatusCode::UNAUTHORIZED, why);
    let given = headers::text(headers, header::AUTHORIZATION).and_then(|given| given.strip_prefix("Bearer "));
    let given = given.ok_or_else(|| unknown("You must be logged in to publish packages."))?;
    let owner = logins.iter().find(|(_, token)| given == token.expose());
    owner.map(|(owner, _)| Some(owner.clone())).ok_or_else(|| unknown("Access token expired or revoked"))
}

/// Who writes to a package, which is nobody's or theirs.
pub(super) fn writer(
    registry: &Served<Registry>,
    headers: &HeaderMap,
    package: &str,
    write: Write,
) -> Result<Option<String>, Refusal> {
    let writer = who(registry, headers).map_err(|refused| masked(registry, refused))?;
    let own = &registry.options.own;
    if own.one_time.is_some() && headers::text(headers, "npm-otp") != own.one_time.as_deref() {
        return Err(Refusal::one_time());
    }
    if write == Write::Change && writer.as_ref().is_some_and(|writer| own.publish_only.contains(writer)) {
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "This token may publish and nothing else."));
    }
    match owner(registry, package) {
        Some(owner) if Some(&owner) != writer.as_ref() => {
            let why =
                format!("You do not have permission to publish \"{package}\". Are you logged in as the correct user?");
            Err(masked(registry, Refusal::forbidden(why)))
        }
        _ => Ok(writer),
    }
}

/// Whether somebody may read a package: where they may not, there is none.
pub(super) fn may_read(registry: &Served<Registry>, headers: &HeaderMap, package: &str) -> bool {
    let is_restricted = registry.store().all(package).any(|stored| stored.meta.restricted);
    !is_restricted || who(registry, headers).is_ok_and(|reader| owner(registry, package) == reader)
}

fn owner(registry: &Served<Registry>, package: &str) -> Option<String> {
    registry.store().all(package).find_map(|stored| stored.meta.owner.clone())
}

fn masked(registry: &Served<Registry>, refused: Refusal) -> Refusal {
    if registry.options.own.masks { Refusal::no_package() } else { refused }
}
