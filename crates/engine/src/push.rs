//! Refs of a remote are set, each only from what is expected. What the system cannot promise is looked at.

use releasekit_core::BackendError;
use releasekit_core::vcs::{Pushed, RefName, RefUpdate, RemoteRefs};

use crate::error::{Error, Result};
use crate::session::Session;

/// Pushes refs. Where it is refused, the reply is lost, or may mean a part, what the remote then shows decides.
pub(crate) async fn push(session: &Session, remote: &str, updates: &[RefUpdate]) -> Result<()> {
    let capabilities = session.vcs.capabilities();
    if !capabilities.leases {
        refuse_moved(&session.vcs.remote_refs(remote).await?, remote, updates)?;
    }
    let error = match session.vcs.push(remote, updates).await? {
        Pushed::Accepted => return Ok(()),
        Pushed::Refused(error) if capabilities.atomic_push => {
            // Two runs at once are no reason to look for what is wrong: whoever is second runs again.
            let shown = session.vcs.remote_refs(remote).await.ok();
            shown.map_or(Ok(()), |shown| refuse_moved(&shown, remote, updates))?;
            return Err(error.into());
        }
        Pushed::Refused(error) | Pushed::Unknown(error) => error,
    };
    let shown = session.vcs.remote_refs(remote).await?;
    judge(&shown, remote, updates, error, capabilities.atomic_push)
}

/// Whether somebody else was there first.
fn refuse_moved(shown: &RemoteRefs, remote: &str, updates: &[RefUpdate]) -> Result<()> {
    match updates.iter().find(|update| !update.fits(shown.object(&update.name))) {
        Some(moved) => Err(Error::RefMoved { name: moved.name.clone(), remote: remote.to_owned() }),
        None => Ok(()),
    }
}

/// What a push did that may have done all of it, a part, or nothing.
fn judge(shown: &RemoteRefs, remote: &str, updates: &[RefUpdate], error: BackendError, atomic: bool) -> Result<()> {
    let is_there = |update: &&RefUpdate| shown.object(&update.name) == update.new.as_ref();
    let (there, missing): (Vec<_>, Vec<_>) = updates.iter().partition(is_there);
    if missing.is_empty() {
        return Ok(());
    }
    // Of an atomic push, what is there was there before.
    if there.is_empty() || atomic {
        refuse_moved(shown, remote, updates)?;
        return Err(error.into());
    }
    let names = |updates: Vec<&RefUpdate>| -> Vec<RefName> { updates.into_iter().map(|it| it.name.clone()).collect() };
    Err(Error::PushedPartly { remote: remote.to_owned(), there: names(there), missing: names(missing), source: error })
}
