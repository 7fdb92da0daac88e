//! The workflow that `init --ci github` writes, job by job and command by command as GitHub runs it.

use std::collections::BTreeMap;

use releasekit_e2e::actions::{Ending, Event, Run, Settings, Workflow};
use releasekit_e2e::{Journey, Login, Merge, Role, Scene};
use releasekit_testkit::run;
use serde_json::json;

const PATH: &str = ".github/workflows/releasekit.yml";
const ALL: &[&str] = &["build", "notify", "prepare", "publish", "release"];

/// Writes the workflow, and pushes it with the fix that the journey begins with.
fn with_workflow(journey: &Journey) {
    journey.releasekit(["init", "--ci", "github", "--yes"]).ok();
    journey.sandbox().commit("ci: release by itself");
    journey.sandbox().push();
}

/// The tokens of registries are secrets of the environment that publishes.
fn settings(journey: &Journey) -> Settings {
    with_login(journey, Login::Right)
}

fn with_login(journey: &Journey, login: Login) -> Settings {
    let login = journey.world().login(login);
    let protected = login.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Settings { secrets: BTreeMap::new(), protected }
}

/// What no job but the one that publishes may have been given.
#[track_caller]
fn secrets_are_where_they_belong(run: &Run, settings: &Settings) {
    for (name, job) in run.0.iter().filter(|(_, job)| job.ending == Ending::Success) {
        let has =
            |secrets: &BTreeMap<String, String>| secrets.values().any(|it| job.variables.values().any(|var| var == it));
        assert_eq!(has(&settings.protected), name == "publish", "{name}: tokens of registries");
        let token = settings.secrets.get("RELEASEKIT_TOKEN").map_or("the-job-token", String::as_str);
        let expected = Some(token).filter(|_| name != "build");
        assert_eq!(job.variables.get("GITHUB_TOKEN").map(String::as_str), expected, "{name}: the token of the forge");
    }
}

pub(crate) fn it_leads_from_a_push_to_what_is_live(scene: &Scene) {
    let (journey, registry) = Journey::with_fix(scene);
    with_workflow(&journey);
    let Some(workflow) = Workflow::read(&journey, PATH) else { return };
    let settings = settings(&journey);
    let pushed = |expected: &[&str]| {
        let ran = workflow.run(&Event::push("main"), &settings);
        assert_eq!(ran.succeeded().into_iter().collect::<Vec<_>>(), expected);
        secrets_are_where_they_belong(&ran, &settings);
        ran
    };
    let first = pushed(&["prepare"]);
    assert_eq!(first.job("prepare").outputs["next"], "prepare");
    git_is_given_the_token_for_the_forge_alone(&journey, &first.job("prepare").variables);
    let tip = journey.branch_tip().expect("the release branch is pushed");
    let author = journey.sandbox().git_in(&journey.sandbox().remote(), ["log", "-1", "--format=%an", &tip]);
    assert_eq!(author, "github-actions[bot]");

    // The merge is a push too: nothing is prepared, and everything else goes on.
    let merged = journey.merge(Merge::Squash);
    let second = pushed(ALL);
    let said = &second.job("prepare").outputs;
    assert_eq!((said["next"].as_str(), &said["commit"]), ("release", &merged));
    assert!(!second.job("prepare").steps.iter().any(|step| step == "Prepare the release"), "{second:?}");
    assert_eq!(journey.remote_tag(&journey.tag(Role::Base, "0.1.1")), Some(merged.clone()));
    journey.stores(&[journey.pair("0.1.0"), journey.pair("0.1.1")]);
    assert!(second.job("notify").summary.contains("live"), "{}", second.job("notify").summary);

    // Run again it sends nothing. A later push begins anew.
    let sent = registry.writes().len();
    pushed(ALL);
    assert_eq!(registry.writes().len(), sent);
    journey.sandbox().commit("docs: say more");
    journey.sandbox().push();
    let later = pushed(&["prepare"]);
    assert_eq!(later.job("prepare").outputs["next"], "none");
}

/// What the step that pushes was given lets git in where the workflow runs, and nowhere else.
#[track_caller]
fn git_is_given_the_token_for_the_forge_alone(journey: &Journey, variables: &BTreeMap<String, String>) {
    let asked = |host: &str| {
        let script = format!("printf 'protocol=https\\nhost={host}\\n\\n' | git credential fill");
        run(journey.sandbox().command("bash").args(["-c", &script]).envs(variables))
    };
    let login = asked("github.example").ok();
    assert!(login.contains("username=x-access-token\npassword=the-job-token"), "{login}");
    let elsewhere = asked("elsewhere.example");
    assert!(!elsewhere.success() && !elsewhere.stdout.contains("the-job-token"), "{elsewhere}");
}

pub(crate) fn by_hand_it_does_what_its_inputs_say(scene: &Scene) {
    let (journey, registry) = Journey::with_fix(scene);
    with_workflow(&journey);
    let Some(workflow) = Workflow::read(&journey, PATH) else { return };
    let mut settings = settings(&journey);
    settings.secrets.insert("RELEASEKIT_TOKEN".to_owned(), "a-token-of-an-app".to_owned());
    let by_hand = |inputs| {
        let run = workflow.run(&Event::by_hand(inputs), &settings);
        let ran: Vec<String> = run.succeeded().into_iter().map(str::to_owned).collect();
        secrets_are_where_they_belong(&run, &settings);
        ran
    };
    // Who only presses the button changes nothing, and where no release was merged there is none to carry on.
    assert_eq!(by_hand(json!({})), ["prepare"]);
    assert_eq!(by_hand(json!({"action": "prepare"})), ["prepare"]);
    assert_eq!(journey.branch_tip(), None);
    assert_eq!(by_hand(json!({"action": "prepare", "dry_run": false})), ["prepare"]);
    journey.branch_tip().expect("the release branch is pushed");

    journey.merge(Merge::Commit);
    let tag = journey.tag(Role::Base, "0.1.1");
    assert_eq!(by_hand(json!({"action": "release"})), ["build", "notify", "prepare", "release"]);
    assert_eq!(journey.remote_tag(&tag), None, "a dry run tags nothing");
    assert_eq!(by_hand(json!({"dry_run": false, "skip_publish": true})), ["build", "notify", "prepare", "release"]);
    assert!(journey.remote_tag(&tag).is_some());
    assert_eq!(registry.writes(), [], "publishing was skipped");
    assert_eq!(by_hand(json!({})), ALL, "what is tagged can be published, and a dry run sends nothing");
    assert_eq!(registry.writes(), []);
    let refused = workflow.run(&Event::by_hand(json!({"dry_run": false})), &with_login(&journey, Login::Wrong));
    assert_eq!(["publish", "notify"].map(|name| refused.job(name).ending), [Ending::Failure, Ending::Success]);
    assert!(refused.job("notify").summary.contains("absent"), "{}", refused.job("notify").summary);
    let more = json!({"dry_run": false, "concurrency": "1", "max_retries": "0"});
    assert_eq!(by_hand(more), ALL);
    journey.stores(&[journey.pair("0.1.0"), journey.pair("0.1.1")]);

    let unknown =
        workflow.run(&Event::by_hand(json!({"action": "prepare", "group": "one that-nobody-knows"})), &settings);
    assert_eq!(unknown.job("prepare").ending, Ending::Failure, "groups are asked for by name");

    // Nothing has changed, and somebody wants a release all the same.
    let forced = json!({"action": "prepare", "force_prepare": true, "bump_type": "minor", "dry_run": false});
    assert_eq!(by_hand(forced), ["prepare"]);
    journey.merge(Merge::Commit);
    let run = workflow.run(&Event::push("main"), &settings);
    assert_eq!(run.succeeded().into_iter().collect::<Vec<_>>(), ALL);
    journey.stores(&["0.1.0", "0.1.1", "0.2.0"].map(|version| journey.pair(version)));
}

pub(crate) fn nothing_else_starts_it(scene: &Scene) {
    let (journey, _) = Journey::with_fix(scene);
    with_workflow(&journey);
    let Some(workflow) = Workflow::read(&journey, PATH) else { return };
    let settings = settings(&journey);
    let main = "refs/heads/main";
    let events = [
        Event::on("pull_request", "refs/pull/1/merge"),
        Event::on("pull_request", "refs/pull/2/merge").in_fork(),
        Event::on("pull_request_target", main),
        Event::on("merge_group", "refs/heads/gh-readonly-queue/main/pr-1-abc"),
        Event::on("release", "refs/tags/v1"),
        Event::on("schedule", main),
        Event::on("repository_dispatch", main),
        Event::on("workflow_run", main),
        Event::on("issue_comment", main),
        Event::on("push", "refs/tags/v1"),
        Event::push("feature"),
        Event::push("releasekit--release--main"),
        Event::push("gh-readonly-queue/main/pr-1-abc"),
    ];
    for event in events {
        assert!(workflow.run(&event, &settings).0.is_empty(), "{event:?}");
    }
    let in_fork = workflow.run(&Event::push("main").in_fork(), &settings);
    assert!(in_fork.succeeded().is_empty(), "{in_fork:?}");
    assert_eq!(journey.branch_tip(), None);
}

/// A build that fails stops the release before anything is tagged.
pub(crate) fn a_build_that_fails_costs_no_version(scene: &Scene) {
    let (journey, registry) = Journey::with_fix(scene);
    with_workflow(&journey);
    journey.world().break_build(journey.sandbox(), Role::Top);
    journey.sandbox().commit("fix(top): break it");
    journey.prepared().merge(Merge::Commit);
    let Some(workflow) = Workflow::read(&journey, PATH) else { return };
    let run = workflow.run(&Event::push("main"), &settings(&journey));
    let endings: Vec<Ending> = ["build", "release", "publish", "notify"].map(|name| run.job(name).ending).into();
    assert_eq!(endings, [Ending::Failure, Ending::Skipped, Ending::Skipped, Ending::Skipped]);
    assert_eq!(journey.remote_tag(&journey.tag(Role::Top, "0.1.1")), None);
    assert_eq!(registry.writes(), []);
}
