//! Refs of the clone.

use releasekit_core::ErrorKind::{Conflict, Invalid, NotFound, Precondition};
use releasekit_core::model::{CommitId, ObjectId, TagName};
use releasekit_core::vcs::{Expected, RefName, RefUpdate, Tag};

use super::world::*;
use crate::suite::{Kept, held};

pub(super) async fn branches_here_are_made_moved_and_deleted(world: &World) -> Kept {
    let head = world.head().await?;
    let next = world.commit(&head, "top", "2\n").await?;
    let steps = [(Some(&next), None), (Some(&head), Some(&next)), (None, Some(&head))];
    for (new, from) in steps {
        for _ in 0..2 {
            world.vcs.update_refs(&[branch("side", new, from)]).await.told()?;
            same(world.vcs.resolve("side").await.told()?.as_ref(), new, "where it is, once and again")?;
        }
    }
    same(world.head().await?, head, "HEAD stays")
}

pub(super) async fn one_ref_here_that_is_elsewhere_stops_all(world: &World) -> Kept {
    let head = world.head().await?;
    let next = world.commit(&head, "top", "2\n").await?;
    world.vcs.update_refs(&[branch("taken", Some(&head), None)]).await.told()?;
    let before = world.around().visible();
    for from in [None, Some(&next)] {
        let other = world.commit(&head, "top", "3\n").await?;
        let updates = [branch("new", Some(&next), None), branch("taken", Some(&other), from)];
        fails(world.vcs.update_refs(&updates).await, Conflict, "a ref that is elsewhere")?;
        same(world.around().visible(), before.clone(), "all or none")?;
    }
    Ok(())
}

pub(super) async fn a_branch_that_is_checked_out_stays(world: &World) -> Kept {
    let (head, before) = (world.head().await?, world.around().visible());
    let next = world.commit(&head, "top", "2\n").await?;
    fails(world.vcs.update_refs(&[branch(MAIN, Some(&next), Some(&head))]).await, Precondition, "what is checked out")?;
    same(world.around().visible(), before, "nothing changes")
}

/// Updates that no repository can make.
pub(super) fn impossible(head: &CommitId) -> Vec<(releasekit_core::ErrorKind, Vec<RefUpdate>)> {
    let fine = branch("fine", Some(head), None);
    let mut odd: Vec<_> = ["a b", "-x", "a..b", ""].map(|name| branch(name, Some(head), None)).to_vec();
    odd.extend(
        ["a~1", "a:b"]
            .map(|name| RefUpdate::new(RefName::Tag(TagName::new(name)), Some(head.clone().into()), Expected::Absent)),
    );
    let mut cases: Vec<_> = odd.into_iter().map(|update| (Invalid, vec![fine.clone(), update])).collect();
    cases.push((Invalid, vec![fine.clone(), branch("fine", Some(head), None)]));
    cases.push((NotFound, vec![fine, branch("new", Some(&nobodys(head)), None)]));
    cases
}

pub(super) async fn refs_here_that_cannot_be_are_refused(world: &World) -> Kept {
    let (head, before) = (world.head().await?, world.around().visible());
    for (kind, updates) in impossible(&head) {
        fails(world.vcs.update_refs(&updates).await, kind, &format!("{updates:?}"))?;
        same(world.around().visible(), before.clone(), "nothing changes")?;
    }
    Ok(())
}

/// Without the capability, tags are set here by their refs; with it, they come with the commits that are fetched.
pub(super) async fn tags_here_are_listed_by_name(world: &World) -> Kept {
    let head = world.head().await?;
    let updates = world.vcs.tag(&tags(&head, &["v2", "a-v1", "v1"])).await.told()?;
    same(world.vcs.tags().await.told()?.len(), 0, "made, and not set")?;
    if world.vcs.capabilities().tag_is_commit {
        held(push(&*world.vcs, &updates).await?, "the branch is pushed")?;
        let objects: Vec<ObjectId> = updates.iter().filter_map(|update| update.new.clone()).collect();
        world.vcs.fetch(REMOTE, &objects).await.told()?;
    } else {
        for _ in 0..2 {
            world.vcs.update_refs(&updates).await.told()?;
        }
    }
    let expected = ["a-v1", "v1", "v2"].map(|name| Tag::new(TagName::new(name), head.clone()));
    same(world.vcs.tags().await.told()?, expected, "by name, with the commits they lead to")?;
    same(world.vcs.resolve("v1").await.told()?, Some(head), "a tag is a revision")
}

pub(super) async fn a_tag_here_is_deleted_from_where_it_is(world: &World) -> Kept {
    let head = world.head().await?;
    if world.vcs.capabilities().tag_is_commit {
        return Ok(());
    }
    let set = world.vcs.tag(&tags(&head, &["v1"])).await.told()?;
    world.vcs.update_refs(&set).await.told()?;
    let at = set[0].new.clone().map_or(Expected::Absent, Expected::At);
    let gone = |expected| RefUpdate::new(set[0].name.clone(), None, expected);
    let elsewhere = Expected::At(nobodys(&head).into());
    fails(world.vcs.update_refs(&[gone(elsewhere)]).await, Conflict, "a tag that is elsewhere")?;
    for _ in 0..2 {
        world.vcs.update_refs(&[gone(at.clone())]).await.told()?;
    }
    same(world.vcs.tags().await.told()?.len(), 0, "the tag is gone")
}
