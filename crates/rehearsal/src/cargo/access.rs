//! Who asks, and what they may.

use axum::http::{HeaderMap, StatusCode, header};

use super::answer::Refusal;
use super::registry::Registry;
use crate::protocol::Served;

/// Who publishes, by the token; `None` where everybody may.
pub(super) fn publisher(registry: &Served<Registry>, headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let logins = &registry.options.logins;
    if logins.is_empty() {
        return Ok(None);
    }
    let forbidden = |why: &str| Refusal(StatusCode::FORBIDDEN, why.to_owned());
    let given = headers.get(header::AUTHORIZATION).ok_or_else(|| forbidden("this action requires authentication"))?;
    let owner = logins.iter().find(|(_, token)| given.as_bytes() == token.expose().as_bytes());
    owner.map(|(owner, _)| Some(owner.clone())).ok_or_else(|| forbidden("authentication failed"))
}

/// Whether somebody may read, who is to say who it is where the registry asks for that.
pub(super) fn reader(registry: &Served<Registry>, headers: &HeaderMap) -> Result<(), Refusal> {
    if !registry.options.own.auth_required {
        return Ok(());
    }
    publisher(registry, headers).map(drop).map_err(|Refusal(_, why)| Refusal(StatusCode::UNAUTHORIZED, why))
}

/// Whether somebody may write to a crate: it is nobody's, or theirs.
pub(super) fn owner(registry: &Served<Registry>, package: &str, asks: Option<&str>) -> Result<(), Refusal> {
    let store = registry.store();
    let owner = store.all(package).find_map(|stored| stored.meta.owner.clone());
    match owner {
        Some(owner) if Some(owner.as_str()) != asks => Err(Refusal(
            StatusCode::FORBIDDEN,
            "this crate exists but you don't seem to be an owner. If you believe this is a mistake, perhaps you need to \
             accept an invitation to be an owner before publishing."
                .to_owned(),
        )),
        _ => Ok(()),
    }
}
