//! The keys of what stands on a forge: the change request of a release, its releases, and who is told of them.

use releasekit_core::forge::MergeMethod;
use releasekit_core::policy::{ForgeReleases, Policy, RequestPer};

use crate::key::{Key, Slot, word};
use crate::rule::Rule;

const FORGE_RELEASES: &[(&str, ForgeReleases)] = &[
    ("package", ForgeReleases::Package),
    ("group", ForgeReleases::Group),
    ("umbrella", ForgeReleases::Umbrella),
    ("none", ForgeReleases::None),
];
const PER: &[(&str, RequestPer)] = &[("run", RequestPer::Run), ("group", RequestPer::Group)];
const AUTO_MERGE: &[(&str, Option<MergeMethod>)] = &[
    ("merge", Some(MergeMethod::Merge)),
    ("squash", Some(MergeMethod::Squash)),
    ("rebase", Some(MergeMethod::Rebase)),
];

pub(super) const PULL_REQUEST: &[Key<Policy>] = &[
    Key::<Policy>::new(
        "branch",
        "The release branch; `{base}` is the branch it will be merged into. It is pushed over, so it can be no branch that releases are made from.",
        "\"next-release/{base}\"",
        |p| Slot::Text(&mut p.pull_request.branch, Rule::Branch),
    ),
    Key::<Policy>::new(
        "commit_message",
        "The first line of the release commit's message, from `{name}` (of the only package), `{version}` (that all packages have), `{count}` and `{base}`. Where a release has several names or versions, a text that asks for one gives way to the default.",
        "\"chore: release {version}\"",
        |p| Slot::OptionalText(&mut p.pull_request.commit_message, Rule::Subject),
    )
    .unset("`chore(release): release NAME VERSION` of one package, `chore(release): release COUNT packages` of several"),
    Key::<Policy>::new(
        "author",
        "Who makes the release commit, as for a check of who has signed a contributor agreement. A commit that the forge has to sign is by the forge.",
        "\"Release Bot <bot@example.com>\"",
        |p| Slot::OptionalText(&mut p.pull_request.author, Rule::Author),
    )
    .unset("the user whom the version control system knows"),
    Key::<Policy>::new(
        "title",
        "The title of the pull request, with the placeholders of `commit_message`. What people make of it is set back by the next run.",
        "\"Release {name} {version}\"",
        |p| Slot::OptionalText(&mut p.pull_request.title, Rule::Subject),
    )
    .unset("the first line of the release commit's message, until people give it another title"),
    Key::<Policy>::new("labels", "Labels that it has beside `autorelease: pending`.", r#"["release"]"#, |p| {
        Slot::Texts(&mut p.pull_request.labels, Rule::Text)
    })
    .unset("it has no others"),
    Key::<Policy>::new("draft", "Opens it as a draft. People say when it is none any more.", "true", |p| {
        Slot::Flag(&mut p.pull_request.draft)
    }),
    Key::<Policy>::new(
        "reviewers",
        "Who is asked to review it, by the names that the forge knows them by.",
        r#"["ana", "my-company/release-team"]"#,
        |p| Slot::Texts(&mut p.pull_request.reviewers, Rule::Text),
    )
    .unset("nobody is asked"),
    Key::<Policy>::new("assignees", "Whom it is assigned to.", r#"["ana"]"#, |p| {
        Slot::Texts(&mut p.pull_request.assignees, Rule::Text)
    })
    .unset("it is assigned to nobody"),
    Key::<Policy>::new(
        "auto_merge",
        "How the forge merges it, once all that the branch asks for is there: reviews, checks. Where the branch asks for nothing it is left to people.",
        "\"squash\"",
        |p| word(&mut p.pull_request.auto_merge, AUTO_MERGE),
    )
    .unset("people merge it"),
    Key::<Policy>::new(
        "per",
        "What has a pull request of its own: all that a run of `prepare` releases, or each group, with one for the packages that are in none. Those of groups are merged, tagged and published by themselves.",
        "\"group\"",
        |p| word(&mut p.pull_request.per, PER),
    ),
];

pub(super) const FORGE: &[Key<Policy>] = &[
    Key::<Policy>::new("kind", "Which forge it is.", "\"github\"", |p| {
        Slot::OptionalText(&mut p.forge.kind, Rule::Text)
    })
    .unset("what the host of the remote is known as"),
    Key::<Policy>::new(
        "url",
        "The root of its pages. Credentials are only sent to it where the environment names the host too.",
        "\"https://git.example.com\"",
        |p| Slot::OptionalText(&mut p.forge.url, Rule::WebUrl),
    )
    .unset("the host of the remote"),
    Key::<Policy>::new("api_url", "The root of its API.", "\"https://git.example.com/api/v3\"", |p| {
        Slot::OptionalText(&mut p.forge.api_url, Rule::WebUrl)
    })
    .unset("it follows from the kind and the host"),
    Key::<Policy>::new("owner", "Who owns the repository there, with the groups that it lies in.", "\"acme\"", |p| {
        Slot::OptionalText(&mut p.forge.owner, Rule::Text)
    })
    .unset("what the URL of the remote says"),
    Key::<Policy>::new("name", "What the repository is called there.", "\"widgets\"", |p| {
        Slot::OptionalText(&mut p.forge.name, Rule::Text)
    })
    .unset("what the URL of the remote says"),
    Key::<Policy>::new(
        "releases",
        "What has a release there: each package, each group with each package that is in none, all packages together by their umbrella tag, or nothing.",
        "\"group\"",
        |p| word(&mut p.forge.releases, FORGE_RELEASES),
    ),
    Key::<Policy>::new(
        "latest",
        "The package whose releases the forge may show as the latest one: the highest final version of it.",
        "\"core\"",
        |p| Slot::OptionalText(&mut p.forge.latest, Rule::Package),
    )
    .unset("those of the only package, where there is one"),
    Key::<Policy>::new(
        "comments",
        "Says in each request that a commit names behind its subject, `(#12)`, once all is live, in which versions it is released.",
        "true",
        |p| Slot::Flag(&mut p.forge.comments),
    ),
];

pub(super) const DISPATCH: &[Key<Policy>] = &[
    Key::<Policy>::new(
        "repositories",
        "Repositories of the same forge whose workflows are started, `owner/name`.",
        r#"["acme/gadgets"]"#,
        |p| Slot::Texts(&mut p.dispatch.repositories, Rule::Repository),
    )
    .unset("nobody is told"),
    Key::<Policy>::new("event", "The event that these workflows wait for.", "\"upstream-released\"", |p| {
        Slot::Text(&mut p.dispatch.event, Rule::Text)
    }),
];
