//! The releases of the past planned again, beside what shipped. Reads only.
//!
//! Tags say what shipped. Each release is planned at the last commit before its versions were raised, or at the tagged commit
//! where none was, with the tags of that time and the configuration of today. Where plan and release differ, the reason is
//! computed; what no reason explains is a fault of the plan. Its JSON is a stable interface (schema 1).

mod again;
mod asked;
mod evidence;
mod judge;
mod raise;
mod releases;
mod report;
mod rows;
mod then;
mod titles;

use releasekit_core::vcs::Lack;

pub use self::report::{Difference, Release, Replay, Row, SCHEMA, Waiting};
use self::then::Then;
use crate::error::Result;
use crate::session::Session;

/// Plans the newest releases again, as many as are asked for. Fails where the clone lacks history.
pub async fn replay(session: &Session, last: usize) -> Result<Replay> {
    let head = session.vcs.head().await?;
    if head.shallow {
        return Err(session.lacks(Lack::History(head.commit)));
    }
    let then = Then::new(session).await?;
    let mut releases = Vec::new();
    for release in releases::newest(&then, last).await? {
        releases.push(rows::of(&then, &release).await?);
    }
    Ok(Replay { schema: SCHEMA, head: head.commit, releases })
}
