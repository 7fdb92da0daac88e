//! Pull requests, and what merging them does in git.

use releasekit_core::forge::MergeMethod;
use releasekit_testkit::Sandbox;
use serde_json::{Value, json};

use crate::client::{Forge, refused, value};

#[test]
fn a_pull_request_goes_through_its_life() {
    let forge = Forge::new();
    let number = forge.open("topic");
    let shown = forge.get(&format!("/pulls/{number}"));
    assert_eq!(shown["head"]["label"], "ada:topic");
    assert_eq!(shown["head"]["sha"].as_str(), forge.repository.tip("topic").as_deref());
    forge.send("PATCH", &format!("/pulls/{number}"), &json!({ "title": "t", "body": "b", "state": "closed" })).ok();
    let closed = forge.get(&format!("/pulls/{number}"));
    assert_eq!((&closed["title"], &closed["body"], &closed["state"]), (&json!("t"), &json!("b"), &json!("closed")));
    assert_eq!(forge.get(&format!("/issues/{number}"))["closed_by"]["login"], "ada");
    forge.repository.reopen(number).expect("its branch is there");
    assert_eq!(forge.get("/pulls?head=ada:topic&base=main")[0]["number"], number);
    assert_eq!(forge.get("/pulls?head=ada:other"), json!([]));
}

#[test]
fn what_cannot_be_opened_is_refused() {
    let forge = Forge::new();
    let open = |head: &str| refused(&forge.post("/pulls", &json!({ "title": "t", "head": head, "base": "main" })));
    assert_eq!(open("absent"), (422, "invalid".into()));
    forge.repository.set_branch("level", "main").expect("a branch is made");
    assert_eq!(open("level"), (422, "No commits between main and level".into()));
    forge.open("topic");
    assert_eq!(open("topic"), (422, "A pull request already exists for ada:topic.".into()));
    assert_eq!(open("eve:topic"), (422, "invalid".into()));
}

#[test]
fn each_way_of_merging_makes_its_commits() {
    let forge = Forge::new();
    let sandbox = Sandbox::new();
    let git = |args: &[&str]| sandbox.git_in(&forge.repository.folder(), args);
    for (method, parents, subject) in [
        (MergeMethod::Merge, 2, "Merge pull request #1 from ada/one"),
        (MergeMethod::Squash, 1, "feat: new (#2)"),
        (MergeMethod::Rebase, 1, "chore: change three.txt"),
    ] {
        let branch = ["one", "two", "three"][forge.repository.pulls() as usize];
        let number = forge.open(branch);
        let head = forge.repository.tip(branch).expect("it is there");
        let sha = forge.repository.merge(number, method).expect("it is merged");
        assert_eq!(Some(&sha), forge.repository.tip("main").as_ref());
        let said = git(&["show", "--no-patch", "--format=%P%n%s", &sha]);
        let (found, said) = said.trim().split_once('\n').expect("two lines");
        assert_eq!((found.split(' ').count(), said), (parents, subject), "{method:?}");
        assert_ne!(sha, head, "{method:?} makes a commit of its own");
        let shown = forge.get(&format!("/pulls/{number}"));
        assert_eq!((&shown["merged"], shown["merge_commit_sha"].as_str()), (&json!(true), Some(sha.as_str())));
        assert_eq!(git(&["rev-parse", &format!("refs/pull/{number}/head")]).trim(), head);
        assert_eq!(git(&["show", &format!("main:{branch}.txt")]).trim(), "new");
    }
}

#[test]
fn the_branch_of_what_is_merged_goes_where_that_is_wanted() {
    let forge = Forge::new();
    forge.repository.delete_merged_branches(true);
    let number = forge.open("topic");
    forge.repository.merge(number, MergeMethod::Squash).expect("it is merged");
    assert_eq!(forge.repository.tip("topic"), None);
    let shown = forge.get(&format!("/pulls/{number}"));
    assert_eq!((&shown["merged"], &shown["head"]["ref"]), (&json!(true), &json!("topic")));
}

#[test]
fn a_fork_is_somebody_elses() {
    let forge = Forge::new();
    let fork = forge.repository.fork("eve").expect("it is forked");
    fork.commit("topic", "evil.txt", "x\n").expect("a commit is made");
    let number = forge.repository.open(&fork, "topic", "feat: theirs").expect("it is opened");
    assert_eq!(forge.get(&format!("/pulls/{number}"))["head"]["repo"]["full_name"], "eve/tools");
    assert_eq!(forge.get("/pulls?head=ada:topic&state=all"), json!([]));
    forge.repository.merge(number, MergeMethod::Squash).expect("it is merged");
}

#[test]
fn heads_follow_their_branches() {
    let forge = Forge::new();
    let number = forge.open("topic");
    let moved = forge.repository.commit("topic", "more.txt", "x\n").expect("a commit is made");
    assert_eq!(forge.get(&format!("/pulls/{number}"))["head"]["sha"], json!(moved));
    forge.repository.delete_branch("topic").expect("it is deleted");
    let shown = forge.get(&format!("/pulls/{number}"));
    assert_eq!((&shown["state"], &shown["merged"]), (&json!("closed"), &json!(false)));
    assert!(forge.repository.reopen(number).is_err(), "without its branch it stays closed");
    let other = forge.open("other");
    let head = forge.repository.tip("other").expect("it is there");
    forge.repository.set_branch("main", &head).expect("main is pushed");
    assert_eq!(forge.get(&format!("/pulls/{other}"))["merged"], true, "what is pushed to the base is merged");
}

#[test]
fn labels_are_made_and_put_on() {
    let forge = Forge::new();
    let number = forge.open("topic");
    let label = json!({ "name": "autorelease: pending", "color": "ededed", "description": "d" });
    forge.post("/labels", &label).ok();
    assert_eq!(refused(&forge.post("/labels", &label)), (422, "already_exists".into()));
    let labels = format!("/issues/{number}/labels");
    forge.post(&labels, &json!({ "labels": ["Autorelease: Pending", "new"] })).ok();
    let names = |value: &Value| -> Vec<String> {
        let names = value.as_array().expect("a list").iter().map(|label| label["name"].as_str());
        names.map(|name| name.expect("a name").to_owned()).collect()
    };
    assert_eq!(names(&forge.get(&labels)), ["autorelease: pending", "new"]);
    forge.send("DELETE", &format!("{labels}/autorelease%3A%20pending"), &Value::Null).ok();
    let again = forge.send("DELETE", &format!("{labels}/autorelease%3A%20pending"), &Value::Null);
    assert_eq!(refused(&again), (404, "Label does not exist".into()));
    assert_eq!(names(&forge.get("/labels")), ["autorelease: pending", "new"]);
}

#[test]
fn people_are_asked_and_assigned() {
    let forge = Forge::new();
    forge.repository.invite("bob");
    let number = forge.open("topic");
    let ask =
        |people: &[&str]| forge.post(&format!("/pulls/{number}/requested_reviewers"), &json!({ "reviewers": people }));
    assert_eq!(ask(&["eve"]).status, 422, "a stranger is not asked");
    assert_eq!(ask(&["ada"]).status, 422, "nor is the author");
    ask(&["bob"]).ok();
    assert_eq!(forge.get(&format!("/pulls/{number}/requested_reviewers"))["users"][0]["login"], "bob");
    forge.repository.review(number, "bob");
    assert_eq!(forge.get(&format!("/pulls/{number}/requested_reviewers"))["users"], json!([]));
    assert_eq!(forge.get(&format!("/pulls/{number}/reviews"))[0]["user"]["login"], "bob");
    let assigned = forge.post(&format!("/issues/{number}/assignees"), &json!({ "assignees": ["bob", "eve"] }));
    assert_eq!(value(&assigned.ok())["assignees"].as_array().map(Vec::len), Some(1), "strangers are passed over");
}

#[test]
fn comments_are_written_and_edited() {
    let forge = Forge::new();
    let number = forge.open("topic");
    let made = value(&forge.post(&format!("/issues/{number}/comments"), &json!({ "body": "one\n" })).ok());
    let path = format!("/issues/comments/{}", made["id"]);
    forge.send("PATCH", &path, &json!({ "body": "two" })).ok();
    assert_eq!(forge.get(&format!("/issues/{number}/comments"))[0]["body"], "two");
    assert_eq!(forge.send("PATCH", &path, &json!({ "body": "x".repeat(65_537) })).status, 422);
}
