//! People who are asked, and labels that are put on.

use releasekit_core::ErrorKind;
use releasekit_core::forge::{AskRequest, LabelRequest};

use super::outcome::{found, opened, refused, unchanged, updated};
use super::world::{Event, World};
use crate::cases;
use crate::suite::{Case, Kept, held, same};

pub(super) const CASES: &[Case<World>] = cases![
    labels_are_put_on_and_taken_off by labels,
    labels_as_asked_are_unchanged by labels,
    people_are_asked,
    people_as_asked_are_unchanged,
    who_has_reviewed_is_not_asked_again,
    somebody_unknown_is_refused,
    nobody_is_asked_of_a_closed_request,
    a_request_is_assigned by assignees,
];

async fn labels_are_put_on_and_taken_off(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().labels {
        return Ok(());
    }
    let number = opened(world).await?.number;
    world.happens(&Event::Labelled(number, "people's")).await;
    let pending = "autorelease: pending".to_owned();
    let put = forge.set_labels(&LabelRequest::new(number, vec![pending.clone()])).await;
    let labels = updated(put, "a label is put on")?;
    held(labels == [pending.as_str(), "people's"], "all labels are told, sorted, with those of others")?;
    let moved = LabelRequest::new(number, vec!["autorelease: tagged".to_owned()]).with_remove(vec![pending]);
    world.happens(&Event::Closed(number)).await;
    updated(forge.set_labels(&moved).await, "a closed change request takes labels too")?;
    let shown = found(world, number).await?.labels;
    held(shown == ["autorelease: tagged", "people's"], "one is put on, one taken off, the others stay")
}

async fn labels_as_asked_are_unchanged(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().labels {
        return Ok(());
    }
    let number = opened(world).await?.number;
    let wanted = LabelRequest::new(number, vec!["one".to_owned()]).with_remove(vec!["never there".to_owned()]);
    updated(forge.set_labels(&wanted).await, "a label is put on")?;
    let before = world.writes().await;
    unchanged(world, before, forge.set_labels(&wanted).await, "labels that are as asked are left alone").await.map(drop)
}

async fn people_are_asked(world: &World) -> Kept {
    let number = opened(world).await?.number;
    let [one, two] = world.people();
    let mut everybody = vec![one.clone(), two.clone()];
    everybody.sort();
    for name in [one, two] {
        updated(world.forge().ask(&AskRequest::new(number, vec![name])).await, "somebody is asked")?;
    }
    same(&found(world, number).await?.reviewers, &everybody, "who was asked before stays asked")
}

async fn people_as_asked_are_unchanged(world: &World) -> Kept {
    let [one, _] = world.people();
    let wanted = AskRequest::new(opened(world).await?.number, vec![one]);
    updated(world.forge().ask(&wanted).await, "somebody is asked")?;
    let before = world.writes().await;
    unchanged(world, before, world.forge().ask(&wanted).await, "who is asked is asked once").await.map(drop)
}

async fn who_has_reviewed_is_not_asked_again(world: &World) -> Kept {
    let [one, _] = world.people();
    let number = opened(world).await?.number;
    let wanted = AskRequest::new(number, vec![one.clone()]);
    updated(world.forge().ask(&wanted).await, "somebody is asked")?;
    if !world.happens(&Event::Reviewed(number, one.clone())).await {
        return Ok(());
    }
    let before = world.writes().await;
    unchanged(world, before, world.forge().ask(&wanted).await, "who has reviewed is not asked again").await?;
    same(&found(world, number).await?.reviewers, &[one], "who has reviewed is a reviewer")
}

async fn somebody_unknown_is_refused(world: &World) -> Kept {
    let number = opened(world).await?.number;
    let nobody = vec!["nobody-of-that-name".to_owned()];
    let before = world.writes().await;
    let written = world.forge().ask(&AskRequest::new(number, nobody.clone())).await;
    refused(world, before, (ErrorKind::Invalid, written), "somebody who cannot be asked is refused").await?;
    if !world.forge().capabilities().assignees {
        return Ok(());
    }
    let written = world.forge().ask(&AskRequest::new(number, Vec::new()).with_assignees(nobody)).await;
    refused(world, before, (ErrorKind::Invalid, written), "somebody who cannot be assigned is not passed over").await
}

async fn nobody_is_asked_of_a_closed_request(world: &World) -> Kept {
    let number = opened(world).await?.number;
    world.happens(&Event::Closed(number)).await;
    let [one, _] = world.people();
    let before = world.writes().await;
    let written = world.forge().ask(&AskRequest::new(number, vec![one])).await;
    refused(world, before, (ErrorKind::Precondition, written), "nobody is asked to review what is closed").await
}

async fn a_request_is_assigned(world: &World) -> Kept {
    if !world.forge().capabilities().assignees {
        return Ok(());
    }
    let number = opened(world).await?.number;
    let [one, two] = world.people();
    let wanted = AskRequest::new(number, vec![one.clone()]).with_assignees(vec![two.clone()]);
    updated(world.forge().ask(&wanted).await, "one reviews, another is assigned")?;
    let shown = found(world, number).await?;
    same(&shown.reviewers, &[one], "one reviews, the other is assigned")?;
    same(&shown.assignees, &[two], "one reviews, the other is assigned")
}
