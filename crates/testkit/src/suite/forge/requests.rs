//! The repository, its pages, and change requests.

use releasekit_core::ErrorKind;
use releasekit_core::forge::{AutoMergeRequest, ChangeRequestState, ForgeCapabilities, MergeMethod};
use releasekit_core::model::CommitId;

use super::outcome::{base, created, found, head, opened, refused, request, tag, text, unchanged, updated};
use super::world::{Event, World};
use crate::cases;
use crate::suite::{Case, Kept, held, same};

pub(super) const CASES: &[Case<World>] = cases![
    the_repository_is_known,
    links_are_pages_of_the_repository,
    a_request_is_opened,
    a_request_as_asked_is_unchanged,
    a_request_is_updated,
    a_draft_is_peoples_once_it_is_open,
    the_longest_body_is_taken,
    a_longer_body_is_refused,
    a_request_of_a_fork_is_anothers,
    closed_and_merged_requests_stay,
    requests_are_found_newest_first,
    a_missing_branch_is_refused,
    nothing_to_merge_is_refused,
    a_request_is_closed,
    a_merged_request_is_not_closed,
    a_request_is_to_merge_itself by auto_merge,
    another_head_is_not_merged by auto_merge,
    nothing_is_merged_at_once by auto_merge,
];

async fn the_repository_is_known(world: &World) -> Kept {
    let repository = world.forge().repository().await.map_err(text)?;
    same(repository.path.contains('/'), true, "the repository is known")?;
    same(&repository.default_branch, &base(), "the repository is known")
}

async fn links_are_pages_of_the_repository(world: &World) -> Kept {
    let links = world.forge().links();
    let (one, two, commit) = (tag("v1"), tag("v2"), CommitId::new("abc123"));
    let pages = [
        (links.commit(&commit), "abc123"),
        (links.compare(&one, &two), "v1"),
        (links.compare(&one, &two), "v2"),
        (links.change_request(77), "77"),
        (links.new_change_request(&head(), &base()), "releasekit--release--main"),
        (links.tag(&one), "v1"),
        (links.release(&one), "v1"),
    ];
    let is_page = |(page, part): &(String, &str)| page.starts_with(&links.repository) && page.contains(part);
    held(links.repository.starts_with("http") && pages.iter().all(is_page), "each link leads to its page")
}

async fn a_request_is_opened(world: &World) -> Kept {
    world.happens(&Event::Pushed(head())).await;
    let (title, body) = ("chore: release é 🚀", "<!-- ours -->\n| a | b |\n\n<details>\n\n* x `y` & #1\n\n</details>");
    let opened = created(world.forge().upsert_change_request(&request(title, body)).await, "it is opened")?;
    let found = found(world, opened.number).await?;
    same(&found.title, title, "title and body come back as they were written")?;
    same(&found.body, body, "title and body come back as they were written")?;
    same(found.state, ChangeRequestState::Open, "it is open, and no draft")?;
    same(found.draft, false, "it is open, and no draft")?;
    same(Some(&found.head_commit), world.tip(&head()).await.as_ref(), "it shows where its branch is")
}

async fn a_request_as_asked_is_unchanged(world: &World) -> Kept {
    let opened = opened(world).await?;
    let before = world.writes().await;
    let again = world.forge().upsert_change_request(&request("Release", "notes")).await;
    let again = unchanged(world, before, again, "a change request that is as asked is left alone").await?;
    same(&again.number, &opened.number, "it is the same one")
}

async fn a_request_is_updated(world: &World) -> Kept {
    let opened = opened(world).await?;
    let again = world.forge().upsert_change_request(&request("Release 2", "more notes")).await;
    let again = updated(again, "an open change request is brought to what is asked")?;
    let found = found(world, opened.number).await?;
    same(&again.number, &opened.number, "an open change request is brought to what is asked, not opened twice")?;
    held(found.title == "Release 2" && found.body == "more notes", "title and body are as asked")
}

async fn a_draft_is_peoples_once_it_is_open(world: &World) -> Kept {
    world.happens(&Event::Pushed(head())).await;
    let forge = world.forge();
    let opened =
        created(forge.upsert_change_request(&request("Release", "one").with_draft()).await, "a draft is opened")?;
    let shown = found(world, opened.number).await?;
    held(shown.draft && shown.title == "Release", "it is a draft, by no word in its title")?;
    if world.happens(&Event::Undrafted(opened.number)).await {
        updated(forge.upsert_change_request(&request("Release", "two").with_draft()).await, "it is updated")?;
        held(!found(world, opened.number).await?.draft, "what people made no draft stays none")?;
    }
    Ok(())
}

async fn the_longest_body_is_taken(world: &World) -> Kept {
    world.happens(&Event::Pushed(head())).await;
    let body = longest(world.forge().capabilities());
    let opened =
        created(world.forge().upsert_change_request(&request("Release", &body)).await, "the longest body is taken")?;
    same(&found(world, opened.number).await?.body, &body, "the longest body comes back whole")
}

async fn a_longer_body_is_refused(world: &World) -> Kept {
    world.happens(&Event::Pushed(head())).await;
    let body = longest(world.forge().capabilities()) + "x";
    let before = world.writes().await;
    let written = world.forge().upsert_change_request(&request("Release", &body)).await;
    refused(world, before, (ErrorKind::Invalid, written), "a body over the limit is refused").await
}

fn longest(capabilities: ForgeCapabilities) -> String {
    let limit = capabilities.request_body;
    let start = "🚀 é ";
    format!("{start}{}", "x".repeat(limit.most - limit.measure(start)))
}

async fn a_request_of_a_fork_is_anothers(world: &World) -> Kept {
    if !world.happens(&Event::Forked(head())).await {
        return Ok(());
    }
    let all = world.forge().change_requests(&head(), &base()).await.map_err(text)?;
    held(all.is_empty(), "a change request from a fork's branch of the same name is not ours")?;
    opened(world).await.map(drop)
}

async fn closed_and_merged_requests_stay(world: &World) -> Kept {
    let mut numbers = vec![opened(world).await?.number];
    world.happens(&Event::Closed(numbers[0])).await;
    for event in [Event::Merged, Event::Closed] {
        world.happens(&Event::Pushed(head())).await;
        let opened = world.forge().upsert_change_request(&request("Release", "again")).await;
        let opened = created(opened, "beside closed and merged ones a new one is opened")?;
        held(!numbers.contains(&opened.number), "it has a number of its own")?;
        world.happens(&event(opened.number)).await;
        numbers.push(opened.number);
    }
    let first = found(world, numbers[0]).await?;
    held(first.state == ChangeRequestState::Closed && first.body == "notes", "a closed one stays as it was")?;
    same(found(world, numbers[1]).await?.state, ChangeRequestState::Merged, "a merged one is shown as merged")
}

async fn requests_are_found_newest_first(world: &World) -> Kept {
    let first = opened(world).await?.number;
    world.happens(&Event::Closed(first)).await;
    let second = world.forge().upsert_change_request(&request("Release", "again")).await;
    let second = second.value().map_err(text)?.number;
    let all = world.forge().change_requests(&head(), &base()).await.map_err(text)?;
    let numbers: Vec<u64> = all.iter().map(|request| request.number).collect();
    same(&numbers, &[second, first], "change requests are found newest first, each once")
}

async fn a_missing_branch_is_refused(world: &World) -> Kept {
    let before = world.writes().await;
    let written = world.forge().upsert_change_request(&request("Release", "notes")).await;
    refused(world, before, (ErrorKind::Precondition, written), "a branch that does not exist is refused").await
}

async fn nothing_to_merge_is_refused(world: &World) -> Kept {
    world.happens(&Event::Branched(head())).await;
    let before = world.writes().await;
    let written = world.forge().upsert_change_request(&request("Release", "notes")).await;
    refused(world, before, (ErrorKind::Precondition, written), "a branch with nothing to merge is refused").await
}

async fn a_request_is_closed(world: &World) -> Kept {
    let number = opened(world).await?.number;
    let closed = updated(world.forge().close_change_request(number).await, "an open change request is closed")?;
    same(closed.state, ChangeRequestState::Closed, "what is closed is shown as closed")?;
    same(found(world, number).await?.state, ChangeRequestState::Closed, "a closed change request is closed")?;
    held(world.tip(&head()).await.is_some(), "the branch of what is closed stays")?;
    let before = world.writes().await;
    let again = world.forge().close_change_request(number).await;
    unchanged(world, before, again, "what is closed is closed once").await.map(drop)
}

async fn a_merged_request_is_not_closed(world: &World) -> Kept {
    let number = opened(world).await?.number;
    world.happens(&Event::Merged(number)).await;
    let before = world.writes().await;
    let written = world.forge().close_change_request(number).await;
    refused(world, before, (ErrorKind::Precondition, written), "a merged change request is not closed").await?;
    let written = world.forge().close_change_request(number + 1000).await;
    refused(world, before, (ErrorKind::NotFound, written), "one that is not there is not closed").await
}

async fn a_request_is_to_merge_itself(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().auto_merge {
        return Ok(());
    }
    let opened = opened(world).await?;
    let wanted = AutoMergeRequest::new(opened.number, opened.head_commit, MergeMethod::Squash);
    updated(forge.auto_merge(&wanted).await, "the forge is told to merge")?;
    let shown = found(world, opened.number).await?;
    same(shown.auto_merge, true, "it is going to be merged, and is not yet")?;
    same(shown.state, ChangeRequestState::Open, "it is going to be merged, and is not yet")?;
    let before = world.writes().await;
    unchanged(world, before, forge.auto_merge(&wanted).await, "the forge is told once").await.map(drop)
}

async fn another_head_is_not_merged(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().auto_merge {
        return Ok(());
    }
    let opened = opened(world).await?;
    world.happens(&Event::Pushed(head())).await;
    let before = world.writes().await;
    let written = forge.auto_merge(&AutoMergeRequest::new(opened.number, opened.head_commit, MergeMethod::Merge)).await;
    refused(world, before, (ErrorKind::Precondition, written), "a head that has moved is not merged").await
}

async fn nothing_is_merged_at_once(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().auto_merge {
        return Ok(());
    }
    let opened = opened(world).await?;
    if !world.happens(&Event::ChecksPassed(opened.number)).await {
        return Ok(());
    }
    let before = world.writes().await;
    let wanted = AutoMergeRequest::new(opened.number, opened.head_commit, MergeMethod::Merge);
    let written = forge.auto_merge(&wanted).await;
    refused(world, before, (ErrorKind::Precondition, written), "what could be merged at once is left to people")
        .await?;
    same(found(world, opened.number).await?.state, ChangeRequestState::Open, "it is open still")
}
