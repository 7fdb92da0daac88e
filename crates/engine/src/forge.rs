//! Which forge a repository is on, found once for a command, and why none is asked.

use std::sync::Arc;

use releasekit_core::event::Event;
use releasekit_core::forge::{ForgeBackend, ForgeSite, Links, Place, Written};
use releasekit_core::policy::{ForgePolicy, Policy};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, Forge};

use crate::codes;
use crate::error::{Error, Result};
use crate::session::Session;

/// Where the change requests and releases of a repository are.
#[derive(Debug, Clone)]
pub enum Hosting {
    /// On a forge that can be asked.
    On(Arc<dyn Forge>),
    /// Nowhere that can be asked.
    Off(Absence, Option<Box<Links>>),
}

/// Why no forge is asked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Absence {
    /// The user wants none.
    Unwanted,
    /// The network is off limits.
    Offline,
    /// The remote is a folder, or there is none, and the configuration names no forge either.
    Local,
    /// Nobody knows what the host of the remote is.
    Unknown {
        /// The host.
        host: String,
    },
    /// There is no credential for it.
    NoCredential(Arc<BackendError>),
}

impl Hosting {
    /// The forge, where it can be asked.
    pub fn forge(&self) -> Option<&dyn Forge> {
        match self {
            Self::On(forge) => Some(forge.as_ref()),
            Self::Off(..) => None,
        }
    }

    /// The pages of the repository, where they are known.
    pub fn links(&self) -> Option<&Links> {
        match self {
            Self::On(forge) => Some(forge.links()),
            Self::Off(_, links) => links.as_deref(),
        }
    }

    /// Why the forge cannot be asked.
    pub fn absence(&self) -> Option<&Absence> {
        match self {
            Self::On(_) => None,
            Self::Off(absence, _) => Some(absence),
        }
    }
}

/// From here on change requests are numbered that only a dry run knows: forges begin at one.
pub(crate) const FIRST_RECORDED: u64 = u64::MAX / 2;

/// Writes, and where nobody knows what came of that, once more: the second call finds out, and does nothing twice.
pub(crate) async fn settled<T>(write: impl AsyncFn() -> Written<T>) -> Written<T> {
    match write().await {
        Written::Unknown(_) => write().await,
        known => known,
    }
}

/// Finds the forge of a repository and opens it. Asks nobody yet. What its user could mend is said here, and only here, so a
/// command calls this once.
pub async fn find(session: &Session, policy: &Policy) -> Result<Hosting> {
    let Some((backend, site)) = site(session, policy).await? else {
        return Ok(Hosting::Off(if session.no_forge { Absence::Unwanted } else { Absence::Local }, None));
    };
    let absence = match backend {
        _ if session.no_forge => Absence::Unwanted,
        _ if session.context.offline => Absence::Offline,
        None => unknown(session, policy, &site.place.host),
        Some(backend) => match backend.open(&session.context, &site) {
            Ok(forge) => return Ok(Hosting::On(forge)),
            Err(error) if error.kind() == ErrorKind::Unauthenticated => no_credential(session, error),
            Err(error) => return Err(error.into()),
        },
    };
    Ok(Hosting::Off(absence, backend.and_then(|backend| backend.links(&site)).map(Box::new)))
}

/// The pages that notes link to, where the configuration does not say that they link to nothing. Whether the forge is asked,
/// and who has a credential for it, makes no difference: the same commit has the same notes everywhere.
pub async fn links(session: &Session, policy: &Policy) -> Result<Option<Links>> {
    if !policy.changelog.links {
        return Ok(None);
    }
    let site = site(session, policy).await?;
    Ok(site.and_then(|(backend, site)| backend?.links(&site)))
}

/// Where the repository is hosted, and by what; `None` where that is no place of a forge.
async fn site<'s>(session: &'s Session, policy: &Policy) -> Result<Option<(Option<&'s ForgeBackend>, ForgeSite)>> {
    let named = policy.forge.kind.as_deref().map(|kind| of_kind(session, kind)).transpose()?;
    let remote = session.vcs.remote_url(&policy.remote).await?;
    let Some(place) = place(&policy.forge, remote.as_deref()) else { return Ok(None) };
    let backend = named.or_else(|| session.backends.forge_at(&session.context.environment, &place));
    let site = ForgeSite::new(place, policy.publish.poll_timeout).with_api_url(policy.forge.api_url.clone());
    Ok(Some((backend, site)))
}

/// The forge that the configuration names.
fn of_kind<'s>(session: &'s Session, kind: &str) -> Result<&'s ForgeBackend> {
    let forges = &session.backends.forges;
    let unknown = || Error::ForgeKindUnknown { kind: kind.to_owned(), known: forges.keys().copied().collect() };
    forges.get(kind).ok_or_else(unknown)
}

/// What the configuration says of the place, and the URL of the remote where it says nothing.
fn place(policy: &ForgePolicy, remote: Option<&str>) -> Option<Place> {
    let remote = remote.and_then(Place::of);
    let there = remote.as_ref().and_then(|place| place.path.rsplit_once('/'));
    let owner = policy.owner.as_deref().or(there.map(|(owner, _)| owner))?;
    let name = policy.name.as_deref().or(there.map(|(_, name)| name))?;
    let url = policy.url.as_deref().or(remote.as_ref().map(|place| place.url.as_str()))?.trim_end_matches('/');
    let mut place = Place::of(&format!("{url}/{owner}/{name}"))?;
    (place.url, place.path) = (url.to_owned(), format!("{owner}/{name}"));
    Some(place)
}

fn unknown(session: &Session, policy: &Policy, host: &str) -> Absence {
    if !policy.settles(codes::FORGE_UNKNOWN) {
        session.report(Event::Warning {
            code: Some(codes::FORGE_UNKNOWN),
            message: format!("`{host}` is no forge that is known, so nothing is asked of it"),
            help: codes::FORGE_UNKNOWN.help().map(str::to_owned),
        });
    }
    Absence::Unknown { host: host.to_owned() }
}

fn no_credential(session: &Session, error: BackendError) -> Absence {
    session.report(Event::warning_of(&error));
    Absence::NoCredential(Arc::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(url: &str, owner: &str, name: &str) -> ForgePolicy {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        ForgePolicy { url: text(url), owner: text(owner), name: text(name), ..ForgePolicy::default() }
    }

    fn found(policy: &ForgePolicy, remote: Option<&str>) -> Option<(String, String, String)> {
        place(policy, remote).map(|place| (place.url, place.host, place.path))
    }

    #[test]
    fn the_configuration_says_of_the_place_what_the_remote_does_not() {
        let remote = Some("git@ssh.house.test:acme/tools/widgets.git");
        let cases = [
            (said("", "", ""), remote, "https://ssh.house.test", "ssh.house.test", "acme/tools/widgets.git"),
            (said("", "zeta", ""), remote, "https://ssh.house.test", "ssh.house.test", "zeta/widgets.git"),
            (said("", "", "gears"), remote, "https://ssh.house.test", "ssh.house.test", "acme/tools/gears"),
            (
                said("https://House.test:81/", "", ""),
                remote,
                "https://House.test:81",
                "house.test:81",
                "acme/tools/widgets.git",
            ),
            (said("https://house.test/git", "a", "b"), Some("/srv/x"), "https://house.test/git", "house.test", "a/b"),
            (said("https://house.test", "a", "b"), None, "https://house.test", "house.test", "a/b"),
        ];
        for (policy, remote, url, host, path) in cases {
            let expected = Some((url.to_owned(), host.to_owned(), path.to_owned()));
            assert_eq!(found(&policy, remote), expected, "{policy:?}");
        }
    }

    #[test]
    fn half_a_place_is_none() {
        for policy in [said("", "", ""), said("https://house.test", "", ""), said("", "a", "b")] {
            for remote in [None, Some("file:///srv/a/b"), Some("/srv/a/b")] {
                assert_eq!(found(&policy, remote), None, "{policy:?} {remote:?}");
            }
        }
    }
}
