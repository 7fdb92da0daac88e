//! Pull requests.

use serde_json::Value;

use super::super::answer::{Answer, Refusal, Reply};
use super::super::call::Call;
use super::super::model::Pull;
use super::super::shape;
use super::super::state::State;

/// A pull request that somebody opens.
#[derive(Debug)]
pub(in super::super) struct Opened {
    pub(in super::super) author: String,
    /// The repository that the head is in.
    pub(in super::super) from: u64,
    pub(in super::super) head: String,
    pub(in super::super) base: String,
    pub(in super::super) title: String,
    pub(in super::super) body: Option<String>,
    pub(in super::super) draft: bool,
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    call.state.refresh(call.repo);
    let ask = |name: &str| call.query.get(name).map(String::as_str);
    let state = ask("state").unwrap_or("open");
    let fits = |pull: &&Pull| {
        let in_state = state == "all" || (state == "open") == pull.is_open();
        let to_base = ask("base").is_none_or(|base| base == pull.base);
        // A head that names no owner is passed over, and all pull requests are listed.
        let head = ask("head").filter(|head| head.contains(':'));
        in_state && to_base && head.is_none_or(|head| head == label(call.state, pull))
    };
    let mut found: Vec<&Pull> = call.repo().pulls.iter().filter(fits).collect();
    if ask("direction") != Some("asc") {
        found.reverse();
    }
    let shown: Vec<Value> = found.into_iter().map(|pull| shape::pull(call.state, call.repo(), pull)).collect();
    Ok(call.page(shown))
}

/// `owner:branch` of a head.
fn label(state: &State, pull: &Pull) -> String {
    let owner = state.repo(pull.from).map_or("unknown", |repo| &repo.owner);
    format!("{owner}:{}", pull.head)
}

pub(super) fn of_commit(call: &mut Call<'_>) -> Answer {
    call.state.refresh(call.repo);
    let id = call.part("commit_sha").to_owned();
    let has = |pull: &&Pull| pull.head_sha == id || pull.merged.as_ref().is_some_and(|merged| merged.sha == id);
    let found = call.repo().pulls.iter().filter(has);
    let shown: Vec<Value> = found.map(|pull| shape::pull(call.state, call.repo(), pull)).collect();
    Ok(call.page(shown))
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let pull = call.pull("pull_number")?.clone();
    Ok(Reply::ok(shape::full_pull(call.state, call.repo(), &pull)))
}

pub(super) fn issue(call: &mut Call<'_>) -> Answer {
    let pull = call.pull("issue_number")?.clone();
    Ok(Reply::ok(shape::issue(call.state, call.repo(), &pull)))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let [title, head, base] = ["title", "head", "base"].map(|field| call.text("PullRequest", field));
    let (title, head, base) = (title?, head?, base?);
    call.bounded("PullRequest")?;
    let invalid = || Refusal::field("PullRequest", "head", "invalid");
    let (owner, head) = head.split_once(':').map_or((None, head.as_str()), |(owner, head)| (Some(owner), head));
    let own = call.repo();
    let from = match owner {
        Some(owner) if !owner.eq_ignore_ascii_case(&own.owner) => {
            let forks = call.state.repositories.iter().filter(|repo| repo.parent == Some(own.id));
            forks
                .filter(|repo| repo.owner.eq_ignore_ascii_case(owner))
                .map(|repo| repo.id)
                .next()
                .ok_or_else(invalid)?
        }
        _ => own.id,
    };
    let (author, body) = (call.login(), call.given("body"));
    let draft = call.flag("draft") == Some(true);
    let opened = Opened { author, from, head: head.to_owned(), base, title, body, draft };
    let number = open(call.state, call.repo, opened)?;
    call.path.insert("pull_number".to_owned(), number.to_string());
    let pull = call.pull("pull_number")?.clone();
    Ok(Reply::created(shape::full_pull(call.state, call.repo(), &pull)))
}

/// Opens a pull request where there are both branches, something to merge, and none that is open already.
pub(in super::super) fn open(state: &mut State, repo: usize, opened: Opened) -> Result<u64, Refusal> {
    state.refresh(repo);
    let field = |field| Refusal::field("PullRequest", field, "invalid");
    let to = &state.repositories[repo];
    let base_sha = to.git.branch(&opened.base).ok_or_else(|| field("base"))?;
    let from = state.repo(opened.from).ok_or_else(|| field("head"))?;
    let head_sha = from.git.branch(&opened.head).ok_or_else(|| field("head"))?;
    let same = |pull: &&Pull| pull.is_open() && pull.from == from.id && pull.head == opened.head;
    if to.pulls.iter().any(|pull| same(&pull) && pull.base == opened.base) {
        let message = format!("A pull request already exists for {}:{}.", from.owner, opened.head);
        return Err(Refusal::without_field("PullRequest", &message));
    }
    if from.git.contains(&base_sha, &head_sha) || to.git.contains(&base_sha, &head_sha) {
        let message = format!("No commits between {} and {}", opened.base, opened.head);
        return Err(Refusal::without_field("PullRequest", &message));
    }
    let pull = started(state, repo, opened, [head_sha, base_sha]);
    state.mirror(&state.repositories[repo], &pull);
    let number = pull.number;
    state.repositories[repo].pulls.push(pull);
    Ok(number)
}

fn started(state: &mut State, repo: usize, opened: Opened, [head_sha, base_sha]: [String; 2]) -> Pull {
    let (id, now) = (state.id(), state.now());
    state.meet(&opened.author);
    let repo = &mut state.repositories[repo];
    repo.numbers += 1;
    let Opened { author, from, head, base, title, body, draft } = opened;
    let number = repo.numbers;
    Pull {
        id,
        number,
        title,
        body,
        draft,
        author,
        from,
        head,
        head_sha,
        base,
        base_sha,
        created: now,
        updated: now,
        ..Pull::default()
    }
}

pub(super) fn update(call: &mut Call<'_>) -> Answer {
    call.bounded("PullRequest")?;
    let (title, body) = (call.given("title"), call.given("body"));
    let (who, now, wanted) = (call.login(), call.now(), call.given("state"));
    let number = call.pull("pull_number")?.number;
    match wanted.as_deref() {
        Some("closed") => close(call.state, call.repo, number, &who),
        Some("open") => reopen(call.state, call.repo, number)?,
        None => {}
        Some(_) => return Err(Refusal::field("PullRequest", "state", "invalid")),
    }
    let pull = call.pull("pull_number")?;
    if let Some(title) = title {
        pull.title = title;
    }
    if let Some(body) = body {
        pull.body = Some(body).filter(|body| !body.is_empty());
    }
    pull.updated = now;
    let pull = pull.clone();
    Ok(Reply::ok(shape::full_pull(call.state, call.repo(), &pull)))
}

/// Closes an open pull request; a closed one stays as it is.
pub(in super::super) fn close(state: &mut State, repo: usize, number: u64, who: &str) {
    let now = state.now();
    let pulls = &mut state.repositories[repo].pulls;
    if let Some(pull) = pulls.iter_mut().find(|pull| pull.number == number && pull.is_open()) {
        (pull.closed, pull.auto_merge) = (Some((now, who.to_owned())), None);
    }
}

/// Opens a closed pull request again, whose branch is still there.
pub(in super::super) fn reopen(state: &mut State, repo: usize, number: u64) -> Result<(), Refusal> {
    let pulls = &state.repositories[repo].pulls;
    let pull = pulls.iter().find(|pull| pull.number == number).ok_or_else(Refusal::not_found)?.clone();
    let refuse = |message: &str| Err(Refusal::custom("PullRequest", "state", message));
    if pull.merged.is_some() {
        return refuse("state cannot be changed. The pull request cannot be reopened.");
    }
    let head = state.repo(pull.from).and_then(|from| from.git.branch(&pull.head));
    if head.is_none() {
        return refuse(&format!("state cannot be changed. The {} branch has been deleted.", pull.head));
    }
    let other = |other: &Pull| other.is_open() && other.number != number && other.from == pull.from;
    if pulls.iter().any(|found| other(found) && found.head == pull.head && found.base == pull.base) {
        return refuse("state cannot be changed. There is already an open pull request.");
    }
    let pulls = &mut state.repositories[repo].pulls;
    pulls.iter_mut().filter(|pull| pull.number == number).for_each(|pull| pull.closed = None);
    Ok(())
}
