//! How the releases stand that a forge is to have, for whoever looks and writes nothing.

use releasekit_core::Forge;
use releasekit_core::forge::Release;
use releasekit_core::model::TagName;

use super::{ends_all, wanted};
use crate::error::Result;
use crate::locate::ReleaseCommit;
use crate::session::{Policies, Session, Snapshot};

/// A release that the forge is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The tag that it belongs to.
    pub tag: TagName,
    /// What it is called.
    pub title: String,
    /// What the forge has of it.
    pub state: OnForge,
}

/// What a forge has of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnForge {
    /// Nothing.
    Missing,
    /// A draft, on this page.
    Draft(String),
    /// It is for all to see, on this page.
    Public(String),
    /// The forge did not say.
    Unknown(String),
}

impl OnForge {
    /// Whether a run of `release` or `publish` has something to do there.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Missing | Self::Draft(_))
    }
}

/// Looks for what a release is to have on the forge, in the order of its manifest's rows. What the forge does not say is a state of its own; one that
/// would not say more of the next release either is not asked for it.
pub async fn look(session: &Session, forge: &dyn Forge, release: &ReleaseCommit) -> Result<Vec<Expected>> {
    let (mut found, mut silent) = (Vec::new(), None);
    if !forge.capabilities().releases {
        return Ok(found);
    }
    let Snapshot { policy, discovery, .. } = session.snapshot_at(&release.commit.id, Policies::Committed).await?;
    for wanted in wanted::of(&release.manifest, policy.forge.releases, |row| discovery.called(&row.id())) {
        let state = match &silent {
            Some(why) => OnForge::Unknown(String::clone(why)),
            None => match forge.release(wanted.tag).await {
                Err(error) => {
                    silent = ends_all(&error).then(|| error.to_string());
                    OnForge::Unknown(error.to_string())
                }
                Ok(release) => state(release),
            },
        };
        found.push(Expected { tag: wanted.tag.clone(), title: wanted.title, state });
    }
    Ok(found)
}

fn state(release: Option<Release>) -> OnForge {
    match release {
        None => OnForge::Missing,
        Some(release) if release.draft => OnForge::Draft(release.url),
        Some(release) => OnForge::Public(release.url),
    }
}
