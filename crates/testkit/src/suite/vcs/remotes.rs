//! What is asked of remotes and sent to them.

use releasekit_core::ErrorKind::{NotFound, Precondition};
use releasekit_core::model::{BranchName, ObjectId, TagName};
use releasekit_core::vcs::RefName;

use super::refs::impossible;
use super::world::*;
use crate::suite::{Kept, held};

pub(super) async fn remotes_are_known_by_name(world: &World) -> Kept {
    let head = world.head().await?;
    held(world.vcs.remote_url(REMOTE).await.told()?.is_some(), "the remote has a URL")?;
    for name in ["upstream", ""] {
        same(world.vcs.remote_url(name).await.told()?, None, "no such remote")?;
        fails(world.vcs.remote_refs(name).await, Precondition, "its refs")?;
        fails(world.vcs.push(name, &[branch("new", Some(&head), None)]).await, Precondition, "a push to it")?;
        fails(world.vcs.fetch(name, &[nobodys(&head).into()]).await, Precondition, "a fetch from it")?;
    }
    Ok(())
}

pub(super) async fn the_refs_of_a_remote_are_listed_by_name(world: &World) -> Kept {
    let head = world.head().await?;
    let tags = world.vcs.tag(&tags(&head, &["v2", "v1"])).await.told()?;
    held(push(&*world.vcs, &[branch("z", Some(&head), None), branch("a/b", Some(&head), None)]).await?, "branches")?;
    held(push(&*world.vcs, &tags).await?, "tags are pushed")?;
    let refs = world.vcs.remote_refs(REMOTE).await.told()?;
    same(&refs.default_branch, &Some(BranchName::new(MAIN)), "what a clone checks out")?;
    let names: Vec<String> = refs.refs.iter().map(|found| found.name.to_string()).collect();
    let expected = ["branch `a/b`", "branch `main`", "branch `z`", "tag `v1`", "tag `v2`"];
    same(names, expected, "branches and tags, by name")?;
    for tag in ["v1", "v2"] {
        let found = refs.tag(&TagName::new(tag)).map(|found| &found.commit);
        same(found, Some(&head), "a tag leads to its commit, however it is kept")?;
    }
    let by_ref = tags.iter().filter(|update| matches!(update.name, RefName::Tag(_)));
    for update in by_ref {
        same(refs.object(&update.name), update.new.as_ref(), "a ref is at what was pushed")?;
    }
    Ok(())
}

pub(super) async fn a_push_sets_what_is_named_and_again_changes_nothing(world: &World) -> Kept {
    let head = world.head().await?;
    let next = world.commit(&head, "top", "2\n").await?;
    let steps = [(Some(&next), None), (Some(&head), Some(&next)), (None, Some(&head))];
    for (new, from) in steps {
        for _ in 0..2 {
            held(push(&*world.vcs, &[branch("side", new, from)]).await?, "a push, once and again")?;
            same(there(&*world.vcs, "side").await?.as_ref(), new, "where the remote has it")?;
        }
    }
    same(there(&*world.vcs, MAIN).await?, Some(head), "what is not named stays")?;
    held(push(&*world.vcs, &[]).await?, "nothing to push")
}

pub(super) async fn a_push_sets_nothing_here(world: &World) -> Kept {
    let head = world.head().await?;
    let next = world.commit(&head, "top", "2\n").await?;
    same(world.vcs.resolve("side").await.told()?, None, "no such branch")?;
    held(push(&*world.vcs, &[branch("side", Some(&next), None)]).await?, "a push")?;
    same(world.vcs.resolve("side").await.told()?, None, "the remote's branch is not ours")
}

/// With the capability what is expected is a lease; without, what moved in between is lost.
pub(super) async fn a_stale_expectation_is_what_the_capability_says(world: &World) -> Kept {
    let head = world.head().await?;
    let (one, two) = (world.commit(&head, "top", "1\n1\n").await?, world.commit(&head, "top", "2\n").await?);
    let other = world.around().other();
    let theirs = commit(&*other, &head, "top", "theirs\n").await?;
    held(push(&*world.vcs, &[branch("side", Some(&one), None)]).await?, "a push")?;
    let leases = world.vcs.capabilities().leases;
    for from in [None, Some(&head)] {
        held(push(&*other, &[branch("side", Some(&theirs), Some(&one))]).await?, "somebody else pushes")?;
        same(push(&*world.vcs, &[branch("side", Some(&two), from)]).await?, !leases, "a stale push is accepted")?;
        let expected = if leases { &theirs } else { &two };
        same(there(&*world.vcs, "side").await?.as_ref(), Some(expected), "where the remote has it")?;
        let back = branch("side", Some(&one), Some(expected));
        held(push(&*world.vcs, &[back]).await?, "from where it is")?;
    }
    Ok(())
}

/// With the capability all go or none; without, those that fit may have gone. Nothing is refused without leases.
pub(super) async fn of_a_refused_push_arrives_what_the_capability_says(world: &World) -> Kept {
    let head = world.head().await?;
    let next = world.commit(&head, "top", "2\n").await?;
    let can = world.vcs.capabilities();
    held(push(&*world.vcs, &[branch("taken", Some(&head), None)]).await?, "a push")?;
    let stale = [branch("fine", Some(&next), None), branch("taken", Some(&next), None)];
    let is_accepted = push(&*world.vcs, &stale).await?;
    held(!(is_accepted && can.leases), "one stale expectation refuses a push")?;
    let arrived = there(&*world.vcs, "fine").await?.is_some();
    held(!arrived || is_accepted || !can.atomic_push, "nothing of what is refused arrives")?;
    held(arrived || !is_accepted, "all of what is accepted arrives")
}

pub(super) async fn a_push_of_what_cannot_be_is_refused(world: &World) -> Kept {
    let head = world.head().await?;
    for (kind, updates) in impossible(&head) {
        fails(world.vcs.push(REMOTE, &updates).await, kind, &format!("{updates:?}"))?;
        same(there(&*world.vcs, "fine").await?, None, "nothing arrives")?;
    }
    Ok(())
}

pub(super) async fn what_others_pushed_is_fetched_and_sets_no_ref(world: &World) -> Kept {
    let (head, other) = (world.head().await?, world.around().other());
    let first = commit(&*other, &head, "top", "2\n").await?;
    let second = commit(&*other, &first, "top", "3\n").await?;
    held(push(&*other, &[branch("theirs", Some(&second), None)]).await?, "somebody else pushes")?;
    same(world.vcs.resolve(second.as_str()).await.told()?, None, "not here before")?;
    let before = world.around().visible();
    for _ in 0..2 {
        world.vcs.fetch(REMOTE, &[ObjectId::from(second.clone()), ObjectId::from(head.clone())]).await.told()?;
        let between = world.vcs.commits_between(&head, &second).await.told()?;
        same(
            between.iter().map(|info| info.id.clone()).collect::<Vec<_>>(),
            [first.clone(), second.clone()],
            "history",
        )?;
    }
    same(world.around().visible(), before, "no ref and no file of the user's changes")?;
    fails(world.vcs.fetch(REMOTE, &[nobodys(&head).into()]).await, NotFound, "what the remote lacks")
}
