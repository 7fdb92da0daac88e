//! Pushing refs, of which the reply may be lost.

use releasekit_core::vcs::{Pushed, RefUpdate, RemoteRefs};

use crate::error::{Error, Result};
use crate::session::Session;

/// Pushes refs; where the reply is lost, what the remote then shows decides.
pub async fn push(session: &Session, remote: &str, updates: &[RefUpdate]) -> Result<()> {
    match session.vcs.push(remote, updates).await? {
        Pushed::Accepted => Ok(()),
        Pushed::Refused(error) => Err(Error::Backend(error)),
        Pushed::Unknown(error) => {
            let shown = session.vcs.remote_refs(remote).await?;
            if updates.iter().all(|update| is_at(&shown, update)) { Ok(()) } else { Err(Error::Backend(error)) }
        }
    }
}

fn is_at(shown: &RemoteRefs, update: &RefUpdate) -> bool {
    let found = shown.refs.iter().find(|found| found.name == update.name);
    found.map(|found| &found.object) == update.new.as_ref()
}
