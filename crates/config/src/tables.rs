//! Every key of the configuration, by table. A key exists by standing here, and does nothing else to exist.

use releasekit_core::model::{Bump, EcosystemLabel};
use releasekit_core::policy::{
    BumpSource, CommitType, EcosystemPolicy, GroupPolicy, PackagePolicy, Participation, Policy, Propagate, PublishFrom,
    RegistryPolicy, RequirementChanges, Stale, Unreleased, VerifyChecksums, VersionFrom, Versioning,
};
use releasekit_core::requirements::Pin;
use releasekit_core::vcs::Sign;

use crate::key::{Key, Range, Slot, word, words};
use crate::rule::Rule;
use crate::table::{Named, Table, each};

mod forge;

use forge::{DISPATCH, FORGE, PULL_REQUEST};

/// Every table, in the order of the reference.
pub(crate) const TABLES: &[Table] = &[
    Table {
        path: &[],
        named: None,
        doc: "Keys at the top of the file, before any `[table]`.",
        visit: |policy, _, visit| each(ROOT, policy, visit),
    },
    Table {
        path: &["commits", "types"],
        named: Some(Named {
            placeholder: "TYPE",
            rule: Rule::CommitType,
            names: |policy| policy.commit_types.keys().cloned().collect(),
            example: "docs",
        }),
        doc: "What a commit of one type means; these are merged over the types known by default, and a breaking change is major whatever its type.",
        visit: |policy, name, visit| {
            let unlisted = || CommitType { bump: Bump::None, section: None };
            each(COMMIT_TYPE, policy.commit_types.entry(name.to_owned()).or_insert_with(unlisted), visit);
        },
    },
    Table {
        path: &["changelog"],
        named: None,
        doc: "Changelogs.",
        visit: |policy, _, visit| each(CHANGELOG, policy, visit),
    },
    Table {
        path: &["pull_request"],
        named: None,
        doc: "The release branch, its commit, and the pull request (merge request) that asks to merge it.",
        visit: |policy, _, visit| each(PULL_REQUEST, policy, visit),
    },
    Table {
        path: &["forge"],
        named: None,
        doc: "Where the repository is hosted, and what releases have there. What a host is known as is found out from the remote.",
        visit: |policy, _, visit| each(FORGE, policy, visit),
    },
    Table {
        path: &["publish"],
        named: None,
        doc: "How packages are published and verified.",
        visit: |policy, _, visit| each(PUBLISH, policy, visit),
    },
    Table {
        path: &["dispatch"],
        named: None,
        doc: "Who is told of a release once all of it is live and proven.",
        visit: |policy, _, visit| each(DISPATCH, policy, visit),
    },
    Table {
        path: &["ecosystems"],
        named: Some(Named {
            placeholder: "LABEL",
            rule: Rule::Label,
            names: |policy| policy.ecosystems.keys().map(ToString::to_string).collect(),
            example: "py",
        }),
        doc: "One ecosystem of the repository. Workspaces are found without it; the label is `py` for Python, or the workspace's folder where there are several.",
        visit: |policy, name, visit| {
            each(ECOSYSTEM, policy.ecosystems.entry(EcosystemLabel::new(name)).or_default(), visit)
        },
    },
    Table {
        path: &["registries"],
        named: Some(Named {
            placeholder: "NAME",
            rule: Rule::Registry,
            names: |policy| policy.registries.keys().cloned().collect(),
            example: "house",
        }),
        doc: "A registry by the name that package files call it by, as `publish = [\"NAME\"]` of a `Cargo.toml` does, or `registries` of a package. What it says counts before what the ecosystem's own files and the environment say of that name.",
        visit: |policy, name, visit| each(REGISTRY, policy.registries.entry(name.to_owned()).or_default(), visit),
    },
    Table {
        path: &["groups"],
        named: Some(Named {
            placeholder: "NAME",
            rule: Rule::Group,
            names: |policy| policy.groups.keys().cloned().collect(),
            example: "web",
        }),
        doc: "Packages that are versioned together, of one ecosystem or several. A package joins with its own `group`; packages whose version stands in one shared place, as crates with `version.workspace = true`, always move together.",
        visit: |policy, name, visit| each(GROUP, policy.groups.entry(name.to_owned()).or_default(), visit),
    },
    Table {
        path: &["packages"],
        named: Some(Named {
            placeholder: "\"NAME\"",
            rule: Rule::Package,
            names: |policy| policy.packages.keys().cloned().collect(),
            example: "py:core",
        }),
        doc: "One package, as `label:name`, or by its bare name where that is unique.",
        visit: |policy, name, visit| each(PACKAGE, policy.packages.entry(name.to_owned()).or_default(), visit),
    },
];

const PROPAGATE: &[(&str, Propagate)] =
    &[("always", Propagate::Always), ("out-of-range", Propagate::OutOfRange), ("never", Propagate::Never)];
const BUMP_SOURCES: &[(&str, BumpSource)] =
    &[("commits", BumpSource::Commits), ("trailers", BumpSource::Trailers), ("change-files", BumpSource::ChangeFiles)];
const BREAKING: &[(&str, Bump)] = &[("minor", Bump::Minor), ("major", Bump::Major)];
const FEATURES: &[(&str, Bump)] = &[("minor", Bump::Minor), ("patch", Bump::Patch)];
const REQUIREMENT_CHANGES: &[(&str, RequirementChanges)] =
    &[("patch", RequirementChanges::Patch), ("none", RequirementChanges::None)];
const SIGN: &[(&str, Sign)] = &[("auto", Sign::Auto), ("require", Sign::Require), ("never", Sign::Never)];
const STALE: &[(&str, Stale)] = &[("error", Stale::Error), ("warn", Stale::Warn)];
const PUBLISH_FROM: &[(&str, PublishFrom)] = &[("local", PublishFrom::Local), ("ci", PublishFrom::Ci)];
const UNRELEASED: &[(&str, Unreleased)] = &[("keep", Unreleased::Keep), ("move", Unreleased::Move)];
const BUMP: &[(&str, Bump)] =
    &[("none", Bump::None), ("patch", Bump::Patch), ("minor", Bump::Minor), ("major", Bump::Major)];
const CHECKSUMS: &[(&str, VerifyChecksums)] =
    &[("bytes", VerifyChecksums::Bytes), ("content", VerifyChecksums::Content), ("off", VerifyChecksums::Off)];
const PIN: &[(&str, Option<Pin>)] = &[
    ("exact", Some(Pin::Exact)),
    ("compatible", Some(Pin::Compatible)),
    ("minimum", Some(Pin::Minimum)),
    ("keep", Some(Pin::Keep)),
];
const VERSIONING: &[(&str, Versioning)] =
    &[("independent", Versioning::Independent), ("fixed", Versioning::Fixed), ("linked", Versioning::Linked)];
const VERSION_FROM: &[(&str, Option<VersionFrom>)] =
    &[("file", Some(VersionFrom::File)), ("tags", Some(VersionFrom::Tags))];
const RELEASE: &[(&str, Option<Participation>)] = &[
    ("publish", Some(Participation::Publish)),
    ("tag", Some(Participation::Tag)),
    ("none", Some(Participation::None)),
];

/// A day: longer waits are mistakes, and no clock overflows.
const SECONDS: Range = Range { least: 1, greatest: 86_400 };

const ROOT: &[Key<Policy>] = &[
    Key::<Policy>::new("synchronize", "Gives every package of every ecosystem the highest bump and one version.", "true", |p| {
        Slot::Flag(&mut p.synchronize)
    }),
    Key::<Policy>::new(
        "tag_format",
        "Names tags, from `{name}`, `{version}`, `{label}`, `{path}` and `{folder}`, which is the last part of the path, compared without separators. A list reads all and writes the first. Without `{name}`, `{path}` or `{folder}` it is one shared tag, which needs `synchronize`, a fixed group, or a repository that releases one package.",
        r#"["{name}-v{version}", "{name}@{version}"]"#,
        |p| Slot::Texts(&mut p.tag_format, Rule::TagFormat),
    )
    .unset("the format that the existing tags of a label follow, and `{name}-v{version}` where there are none"),
    Key::<Policy>::new("default_branch", "Names the branch that releases are made from.", "\"develop\"", |p| {
        Slot::OptionalText(&mut p.default_branch, Rule::RefName)
    })
    .unset("the remote's default branch"),
    Key::<Policy>::new("release_branches", "Globs of the branches that releases may be made from.", r#"["main", "release/*"]"#, |p| {
        Slot::Texts(&mut p.release_branches, Rule::Glob)
    })
    .unset("the default branch alone"),
    Key::<Policy>::new(
        "bootstrap_sha",
        "The commit that history begins after, for packages without a tag.",
        "\"8f1c2d3e4b5a69788796a5b4c3d2e1f001234567\"",
        |p| Slot::Commit(&mut p.bootstrap_sha),
    )
    .unset("a package without a tag has its first release at its present version"),
    Key::<Policy>::new(
        "bump_sources",
        "What says how far packages move: the types of commits, lines such as `release: minor` and `Release-As: NAME@VERSION` in their messages, and change files in `.changeset`.",
        r#"["trailers"]"#,
        |p| words(&mut p.bump_sources, BUMP_SOURCES),
    )
    .unset("`[\"change-files\", \"trailers\"]` where `.changeset/config.json` is, else `[\"commits\", \"trailers\"]`"),
    Key::<Policy>::new(
        "propagate",
        "Which bumps of an internal dependency reach its dependents: any, those that leave the requirement as published, or none. Where requirements on siblings are pinned exactly, as uv's are by default, `never` is refused.",
        "\"out-of-range\"",
        |p| word(&mut p.propagate, PROPAGATE),
    ),
    Key::<Policy>::new("breaking_below_one", "What a breaking change means below 1.0.", "\"major\"", |p| {
        word(&mut p.breaking_below_one, BREAKING)
    }),
    Key::<Policy>::new(
        "features_below_one",
        "What a commit that asks for a minor, as a feature does, means below 1.0: a minor, or a patch, where a minor is for what breaks.",
        "\"patch\"",
        |p| word(&mut p.features_below_one, FEATURES),
    ),
    Key::<Policy>::new(
        "requirement_changes",
        "What it means for a package that its published requirements differ from those of its last release, whatever the commits say.",
        "\"none\"",
        |p| word(&mut p.requirement_changes, REQUIREMENT_CHANGES),
    ),
    Key::<Policy>::new("sign", "Whether commits and tags are signed: as the user's own settings say, always, or never.", "\"require\"", |p| {
        word(&mut p.sign, SIGN)
    }),
    Key::<Policy>::new("stale", "What becomes of a manifest that no longer fits the history before it.", "\"warn\"", |p| {
        word(&mut p.stale, STALE)
    }),
    Key::<Policy>::new(
        "umbrella_tag",
        "Names one tag more, which all packages of a release have together, from `{version}`: the one that packages share by `synchronize`, or that of the package which `umbrella_version` names.",
        "\"v{version}\"",
        |p| Slot::OptionalText(&mut p.umbrella_tag, Rule::UmbrellaTag),
    )
    .unset("a release has no tag beside those of its packages"),
    Key::<Policy>::new(
        "umbrella_version",
        "The package whose version the umbrella tag has. A release that does not move it has no such tag.",
        "\"core\"",
        |p| Slot::OptionalText(&mut p.umbrella_version, Rule::Package),
    )
    .unset("the version that all packages share"),
    Key::<Policy>::new(
        "publish_from",
        "Where releases are published from. With `ci` the forge's releases stay drafts until `publish` has ended.",
        "\"ci\"",
        |p| word(&mut p.publish_from, PUBLISH_FROM),
    ),
    Key::<Policy>::new("remote", "The remote that is pushed to.", "\"upstream\"", |p| Slot::Text(&mut p.remote, Rule::RefName)),
    Key::<Policy>::new(
        "ignore_tags",
        "Globs of tags that were never released, such as those of a run that failed. A package's last release is not one of them, and their versions stay taken: the next free one is planned.",
        r#"["*-v0.6.0"]"#,
        |p| Slot::Texts(&mut p.ignore_tags, Rule::Glob),
    )
    .unset("every tag of a package is a release"),
    Key::<Policy>::new(
        "ignore_warnings",
        "Codes of warnings that are known and need not be said again.",
        r#"["RK-TAG-FOREIGN"]"#,
        |p| Slot::Texts(&mut p.ignore_warnings, Rule::Code),
    )
    .unset("every warning is said"),
    Key::<Policy>::new("exclude", "Globs, from the repository root, of folders that hold no package of ours.", r#"["examples/**"]"#, |p| {
        Slot::Texts(&mut p.exclude, Rule::PathGlob)
    })
    .unset("nothing is excluded"),
    Key::<Policy>::new(
        "build_env",
        "Variables that builds may see beyond the usual few, for private indexes. Credentials for uploads are refused.",
        r#"["UV_INDEX_PRIVATE_USERNAME", "UV_INDEX_PRIVATE_PASSWORD"]"#,
        |p| Slot::Texts(&mut p.build_env, Rule::Variable),
    )
    .unset("the usual few"),
];

const COMMIT_TYPE: &[Key<CommitType>] = &[
    Key::<CommitType>::new("bump", "How far such a commit moves a package.", "\"patch\"", |t| word(&mut t.bump, BUMP)),
    Key::<CommitType>::new(
        "section",
        "The changelog section it is listed in; `\"\"` for none.",
        "\"Documentation\"",
        |t| Slot::OptionalText(&mut t.section, Rule::TextOrNone),
    )
    .unset("it is listed only where it is breaking"),
];

const CHANGELOG: &[Key<Policy>] = &[
    Key::<Policy>::new("template", "A minijinja template, from the repository root. It is rendered in a process apart, with bounds on memory and time.", "\"docs/changelog.md.j2\"", |p| {
        Slot::Path(&mut p.changelog.template)
    })
    .unset("the built-in template"),
    Key::<Policy>::new("sections", "The order of sections.", r#"["Features", "Bug Fixes"]"#, |p| {
        Slot::Texts(&mut p.changelog.sections, Rule::Text)
    })
    .unset("the order of the commit types; sections that a list leaves out follow it in that order"),
    Key::<Policy>::new(
        "exclude",
        "Globs of commit scopes and types that are not listed.",
        r#"["deps", "internal-*"]"#,
        |p| Slot::Texts(&mut p.changelog.exclude, Rule::Glob),
    )
    .unset("nothing is excluded"),
    Key::<Policy>::new(
        "unreleased",
        "What becomes of entries under `Unreleased`: they stay, with a warning, or become the top of the new section.",
        "\"move\"",
        |p| word(&mut p.changelog.unreleased, UNRELEASED),
    ),
    Key::<Policy>::new(
        "links",
        "Links headings to what lies between two versions, and the `(#12)` that a squash puts behind a subject to that request, where the forge of the remote is known. Commits are not linked: the same work has other ones after a rebase.",
        "false",
        |p| Slot::Flag(&mut p.changelog.links),
    ),
];

const PUBLISH: &[Key<Policy>] = &[
    Key::<Policy>::new("concurrency", "How many packages are worked on at once.", "8", |p| {
        Slot::Count(&mut p.publish.concurrency, Range { least: 1, greatest: 1000 })
    }),
    Key::<Policy>::new(
        "max_retries",
        "How many uploads of one file may follow the first, each after an answer that can be retried and a look. After a 429 \
         or 503 that comes through a tool which does not say `Retry-After`, no sooner than 30 s, doubled each time.",
        "2",
        |p| Slot::Retries(&mut p.publish.max_retries, Range { least: 0, greatest: 100 }),
    ),
    Key::<Policy>::new(
        "poll_timeout",
        "How long any look at a registry may take, and how long a file is looked for there.",
        "600",
        |p| Slot::Seconds(&mut p.publish.poll_timeout, SECONDS),
    ),
    Key::<Policy>::new("poll_interval", "The longest pause between two looks.", "10", |p| {
        Slot::Seconds(&mut p.publish.poll_interval, SECONDS)
    }),
    Key::<Policy>::new(
        "verify_checksums",
        "How strictly what the registry serves is compared with what was built: the same bytes, the same content, or not at all.",
        "\"content\"",
        |p| word(&mut p.publish.verify_checksums, CHECKSUMS),
    ),
    Key::<Policy>::new("task_timeout", "How long one invocation of a tool may take.", "1200", |p| {
        Slot::Seconds(&mut p.publish.task_timeout, SECONDS)
    }),
    Key::<Policy>::new(
        "resolve_check",
        "Has an installer choose each package from its registry once it is live there, without installing anything.",
        "false",
        |p| Slot::Flag(&mut p.publish.resolve_check),
    ),
    Key::<Policy>::new(
        "smoke_test",
        "Installs each package into an empty environment after it went live.",
        "true",
        |p| Slot::Flag(&mut p.publish.smoke_test),
    ),
];

const ECOSYSTEM: &[Key<EcosystemPolicy>] = &[
    Key::<EcosystemPolicy>::new("ecosystem", "Which ecosystem it is.", "\"python\"", |e| {
        Slot::OptionalText(&mut e.ecosystem, Rule::Ecosystem)
    })
    .unset("implied by the label, or by what is found"),
    Key::<EcosystemPolicy>::new(
        "tool",
        "Which tool works on it, where there are backends for several tools of its ecosystem.",
        "\"uv\"",
        |e| Slot::OptionalText(&mut e.tool, Rule::Text),
    )
    .unset("the one that finds the workspace"),
    Key::<EcosystemPolicy>::new(
        "workspace_root",
        "The folder of the workspace, from the repository root.",
        "\"py\"",
        |e| Slot::Path(&mut e.workspace_root),
    )
    .unset("found wherever it lies"),
    Key::<EcosystemPolicy>::new("registry_url", "Where installers read.", "\"https://index.example/simple/\"", |e| {
        Slot::OptionalText(&mut e.registry_url, Rule::Url)
    })
    .unset("the ecosystem's public registry"),
    Key::<EcosystemPolicy>::new("publish_url", "Where files are sent.", "\"https://index.example/upload/\"", |e| {
        Slot::OptionalText(&mut e.publish_url, Rule::Url)
    })
    .unset("the ecosystem's public registry"),
    Key::<EcosystemPolicy>::new(
        "observe_url",
        "Where we look for what is live: the hosted repository behind a virtual one.",
        "\"https://index.example/hosted/simple/\"",
        |e| Slot::OptionalText(&mut e.observe_url, Rule::Url),
    )
    .unset("where installers read"),
    Key::<EcosystemPolicy>::new(
        "pin",
        "How requirements on siblings are written into what is published.",
        "\"compatible\"",
        |e| word(&mut e.pin, PIN),
    )
    .unset("`exact`"),
    Key::<EcosystemPolicy>::new(
        "tag_format",
        "Names tags of its packages, as at the root.",
        "\"{label}/{name}-v{version}\"",
        |e| Slot::Texts(&mut e.tag_format, Rule::TagFormat),
    )
    .unset("as at the root"),
    Key::<EcosystemPolicy>::new(
        "exclude",
        "Further globs, from the repository root, of folders that hold no package of ours.",
        r#"["py/samples/**"]"#,
        |e| Slot::Texts(&mut e.exclude, Rule::PathGlob),
    )
    .unset("nothing more is excluded"),
    Key::<EcosystemPolicy>::new(
        "prepare_commands",
        "Commands, as lists of arguments, run in the export without secrets before the release commit.",
        r#"[["python3", "scripts/schema.py"]]"#,
        |e| Slot::Commands(&mut e.prepare_commands),
    )
    .unset("none"),
    Key::<EcosystemPolicy>::new(
        "build_commands",
        "Commands, as lists of arguments, run in the export without secrets before packing.",
        r#"[["make", "assets"]]"#,
        |e| Slot::Commands(&mut e.build_commands),
    )
    .unset("none"),
    Key::<EcosystemPolicy>::new(
        "include_untracked",
        "Globs, from the repository root, of built, untracked files copied into the export.",
        r#"["py/core/src/core/_native/*.json"]"#,
        |e| Slot::Texts(&mut e.include_untracked, Rule::PathGlob),
    )
    .unset("none"),
];

const GROUP: &[Key<GroupPolicy>] = &[
    Key::<GroupPolicy>::new(
        "versioning",
        "Whether all its packages have one version and move together, those that move get one version, or each is numbered by itself.",
        "\"fixed\"",
        |g| word(&mut g.versioning, VERSIONING),
    ),
    Key::<GroupPolicy>::new(
        "tag_format",
        "Names tags of its packages, as at the root; with `versioning = \"fixed\"` it may be one tag for all of them.",
        "\"web/{name}-v{version}\"",
        |g| Slot::Texts(&mut g.tag_format, Rule::TagFormat),
    )
    .unset("as the package's ecosystem"),
];

const REGISTRY: &[Key<RegistryPolicy>] = &[
    Key::<RegistryPolicy>::new("registry_url", "Where installers read.", "\"sparse+https://index.example/\"", |r| {
        Slot::OptionalText(&mut r.registry_url, Rule::Url)
    })
    .unset("as the ecosystem's own files and the environment say"),
    Key::<RegistryPolicy>::new("publish_url", "Where files are sent.", "\"https://index.example/upload/\"", |r| {
        Slot::OptionalText(&mut r.publish_url, Rule::Url)
    })
    .unset("where installers read, if the ecosystem's public registry has one address too"),
    Key::<RegistryPolicy>::new(
        "observe_url",
        "Where we look for what is live: the hosted repository behind a virtual one.",
        "\"https://index.example/hosted/\"",
        |r| Slot::OptionalText(&mut r.observe_url, Rule::Url),
    )
    .unset("where installers read"),
];

const PACKAGE: &[Key<PackagePolicy>] = &[
    Key::<PackagePolicy>::new("group", "The group it is in, one of `[groups.NAME]`.", "\"web\"", |p| {
        Slot::OptionalText(&mut p.group, Rule::Group)
    })
    .unset("none"),
    Key::<PackagePolicy>::new(
        "release",
        "What becomes of it: versioned, tagged and published; versioned and tagged; or no part in releases.",
        "\"tag\"",
        |p| word(&mut p.release, RELEASE),
    )
    .unset("`publish`, and `none` for what its package file marks private"),
    Key::<PackagePolicy>::new(
        "version_from",
        "Where its version stands: in a file, or in tags only, where a file has a placeholder or its build computes it.",
        "\"tags\"",
        |p| word(&mut p.version_from, VERSION_FROM),
    )
    .unset("a file where one holds it, else tags where the build takes it from there"),
    Key::<PackagePolicy>::new(
        "tag_format",
        "Names its tags, as at the root; needs no `{name}`.",
        "\"core-{version}\"",
        |p| Slot::Texts(&mut p.tag_format, Rule::TagFormat),
    )
    .unset("as its group's, or its ecosystem's"),
    Key::<PackagePolicy>::new(
        "changelog",
        "Its changelog, a Markdown file, from its own folder; `\"\"` for none.",
        "\"docs/CHANGES.md\"",
        |p| Slot::OptionalText(&mut p.changelog, Rule::ChangelogOrNone),
    )
    .unset("`CHANGELOG.md`"),
    Key::<PackagePolicy>::new(
        "extra_files",
        "Files in which its version stands too, from its own folder. The lines change that have `x-releasekit-version` or `x-release-please-version` in them, or stand between `x-releasekit-start-version` and `x-releasekit-end`; in a file without such marks its version, which must stand there once. With `search` all places change where that stands, with the version for `{version}`.",
        r#"["src/core/version.py", { path = "README.md", search = "core=={version}" }]"#,
        |p| Slot::Files(&mut p.extra_files),
    )
    .unset("none"),
    Key::<PackagePolicy>::new("registry_url", "Where installers read.", "\"https://index.example/simple/\"", |p| {
        Slot::OptionalText(&mut p.registry_url, Rule::Url)
    })
    .unset("as its package file or its ecosystem says"),
    Key::<PackagePolicy>::new("publish_url", "Where files are sent.", "\"https://index.example/upload/\"", |p| {
        Slot::OptionalText(&mut p.publish_url, Rule::Url)
    })
    .unset("as its package file or its ecosystem says"),
    Key::<PackagePolicy>::new(
        "registries",
        "The registries that it goes to, by the names of `[registries.NAME]`, or of the ecosystem's own files.",
        r#"["house"]"#,
        |p| Slot::Texts(&mut p.registries, Rule::Registry),
    )
    .unset("as its package file or its ecosystem says"),
    Key::<PackagePolicy>::new(
        "paths",
        "Globs, from the repository root, of further files that belong to it.",
        r#"["schemas/**"]"#,
        |p| Slot::Texts(&mut p.paths, Rule::PathGlob),
    )
    .unset("its folder alone"),
    Key::<PackagePolicy>::new("formerly", "Names it had, whose tags it carries on.", r#"["old-name"]"#, |p| {
        Slot::Texts(&mut p.formerly, Rule::Text)
    })
    .unset("none"),
    Key::<PackagePolicy>::new(
        "depends_on",
        "Packages it needs although no package file says so.",
        r#"["py:schemas"]"#,
        |p| Slot::Texts(&mut p.depends_on, Rule::Package),
    )
    .unset("none"),
    Key::<PackagePolicy>::new(
        "artifacts",
        "Globs of the file names that a release of it consists of.",
        r#"["*.tar.gz", "*-manylinux*_x86_64.whl"]"#,
        |p| Slot::Texts(&mut p.artifacts, Rule::Glob),
    )
    .unset("the ecosystem's usual set"),
    Key::<PackagePolicy>::new(
        "verify",
        "Whether what was built of it is tried where its tool can do so, as cargo builds a crate from what it has packed.",
        "false",
        |p| Slot::OptionalFlag(&mut p.verify),
    )
    .unset("it is, unless a run says `--no-verify`"),
];
