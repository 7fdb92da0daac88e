//! The codes that the engine raises.

releasekit_core::codes! {
    GRAPH_CYCLE = "RK-GRAPH-CYCLE-DETECTED", Invalid, "packages need each other in a circle",
        "No order exists in which the packages of the circle could be published. Remove one of the dependencies on the path that is printed, or make it a development dependency, which orders nothing.",
        help: "remove one of these dependencies, or make it a development dependency";
    GRAPH_PRIVATE = "RK-GRAPH-PRIVATE-DEPENDENCY", Invalid, "a published package needs one that is never published",
        "Whoever installs the package could not resolve it. Publish the dependency too (remove its private mark, or set `release = \"publish\"`), or make it a development dependency.";
    EXTRA_PRIVATE = "RK-GRAPH-PRIVATE-EXTRA", Invalid, "an extra of a published package needs one that is never published",
        "Whoever installs the package with that extra looks for a name that no registry has, or that somebody else has taken. Everybody else can install the package, so it stops no plan; `releasekit check` shows the place, and `prepare` refuses where the package manager says so. Publish the dependency too, or make it a development dependency.",
        help: "publish what they need too, or move the requirements to development dependencies";
    PACKAGE_NAMESAKES = "RK-PACKAGE-NAMESAKES", Invalid, "two packages would be one at their registry",
        "Packages of two workspaces have one name, and both are published to one registry, which would take them for versions of one package. Nothing was tagged or sent. Rename one of them, publish it elsewhere (`registry_url` and `publish_url` in `[ecosystems.LABEL]` or `[packages.\"NAME\"]`), or keep it from being published with `release = \"none\"`.",
        help: "rename one of them, give it another `publish_url`, or say `release = \"none\"`";
    PACKAGE_UNKNOWN = "RK-PACKAGE-UNKNOWN", Usage, "no package has that name",
        "Names are compared by the ecosystem's own rule; `label:name` names a package of one ecosystem. `releasekit discover` lists them all.";
    GROUP_UNKNOWN = "RK-GROUP-UNKNOWN", Usage, "no group has that name",
        "`--group` takes groups of packages: those that `group` of a package names, those of `[groups.NAME]`, and those of packages whose version stands in one place. `releasekit plan --format json` shows the group of each package.";
    PACKAGE_AMBIGUOUS = "RK-PACKAGE-AMBIGUOUS", Usage, "several packages have that name",
        "The name exists in more than one ecosystem of the repository. Write it with its label, as `py:name`.";
    WORKSPACE_ROOT_UNCLEAR = "RK-WORKSPACE-ROOT-UNCLEAR", Configuration, "the configuration names an ecosystem whose root is not clear",
        "An `[ecosystems.<label>]` without `workspace_root` stands for the one workspace of its ecosystem, and the repository has none or several. Say `workspace_root = \"folder\"`.";
    WORKSPACE_TOOL_UNCLEAR = "RK-WORKSPACE-TOOL-UNCLEAR", Configuration, "it is not clear which tool works on a workspace",
        "This binary has backends for several tools of one ecosystem, and not exactly one of them finds the workspace; or `tool` names none of them. Say `tool` in the workspace's `[ecosystems.<label>]`.";
    VERSION_BEHIND_TAG = "RK-VERSION-BEHIND-TAG", Precondition, "a package file's version lies below the last released one",
        "The next version is counted from the package file, and that one is older than the package's last tag in this history. The package waits, and with it those that need it; the others are planned, and where none is left, this is the error. Set the version in the package file to the released one; or where nothing was ever released under such tags, as after a run that failed, list them in `ignore_tags`. Where another tool releases the package, as a crate that is built for npm, `release = \"none\"` in its table leaves it out.",
        help: "raise the version to that of the tag; where nothing was released under it, list it in `ignore_tags`; where another tool releases the package, set `release = \"none\"` in its table";
    VERSION_TAG_EXISTS = "RK-VERSION-TAG-EXISTS", Conflict, "the tag of the next version exists already",
        "Somewhere in the repository, mostly on another branch, that version has been tagged. Where releases are made from a branch of their own, plan there, or merge it. Versions are never reused, in whatever spelling or format: raise the version in the package file above it; or where nothing was ever released under such tags, as after a run that failed, list them in `ignore_tags`, and the next free version is planned.",
        help: "plan on the branch that has it, or raise the version in the package file above it; where nothing was released under it, list it in `ignore_tags`";
    VERSION_ASKED_BEHIND = "RK-VERSION-ASKED-BEHIND", Precondition, "a commit asks for a version that is not above the present one",
        "`Release-As: NAME@VERSION` in the message of a commit since the last release asks for a version, and the package was released at that one or a higher one, or its package file says a higher one. Versions only rise. The newest such line of a package counts, so a new commit with a higher version settles it.",
        help: "commit `Release-As: NAME@VERSION` with a higher version: the newest one counts";
    VERSION_UNCOUNTABLE = "RK-VERSION-UNCOUNTABLE", Precondition, "a prerelease is numbered by a date, which is not counted",
        "A labelled version counts on within its line: after `1.0.0b1` comes `1.0.0b2`. A number that reads as a date, as in `1.0.0b260730`, comes from a calendar, and only whoever makes these versions knows the next one. The package waits, and with it those that need it; the others are planned. Write it into the package file, which is then released as it stands, or drop the label with `--graduate`.",
        help: "write the next version into the package file, or drop the label with `--graduate`";
    VERSION_UNLABELLED = "RK-VERSION-UNLABELLED", Invalid, "a version without a label was asked to become final",
        "`--graduate` makes final versions of labelled ones, such as `1.0.0rc2`. The package that it names has a final version already. Name others, or none for all that have a label.",
        help: "name packages with a label, or none for all that have one";
    VERSION_NEEDS_PRERELEASE = "RK-VERSION-NEEDS-PRERELEASE", Warning, "a final version would need a prerelease of another package",
        "What is published requires exactly what was built beside it, or at least that. Where that is a prerelease, no installer would choose the final version that needs it, unless its user asks for prereleases. The package waits, and with it those that need it; everything else is released. Give it a label too, publish its requirement as it is written (`pin = \"keep\"`) where that lets the last final version in, or make both final with `--graduate`.",
        help: "give it a label too, or make both final with `--graduate`";
    VERSION_NOT_SHARED = "RK-VERSION-NOT-SHARED", Invalid, "a package's version cannot be shared with its group",
        "Packages of a group share three numbers and a prerelease, which each of their schemes can spell. The package's version says more, as an epoch or a post-release does, or its own scheme puts it above the version that the group would share. Give it a plain version, or take it out of the group.",
        help: "give it three numbers, or take it out of the group";
    VERSION_MISSING = "RK-VERSION-MISSING", Invalid, "a package that takes part in releases says no version",
        "Write a version into the package file, `0.0.0` for a package that was never released, or mark the package as private.",
        help: "write `0.0.0` for a package that was never released, or mark it as private";
    VERSION_REPEATED = "RK-VERSION-REPEATED", Warning, "a file repeats the version of its package, and no release changes it",
        "A release writes the version into the package file. Code of the package says the same version once more, as `__version__ = \"1.2.0\"` does, and would go on saying it in the package of the next version. List such files in `extra_files` in the package's table, by their paths from the package's folder; or have the code ask for the version of what is installed. `ignore_warnings` settles it.",
        help: "list each in `extra_files` in the table of its package, from the package's folder; `ignore_warnings` settles it";
    EXTRA_FILE_MISSING = "RK-EXTRA-FILE-MISSING", Configuration, "a file that should hold a package's version is not there",
        "`extra_files` of a package lists a file that its commit does not have, or a link, which would be written over. Paths begin at the package's own folder; `../` leads out of it. Nothing was written.",
        help: "mend the path in `extra_files`, which begins at the package's folder, or commit the file";
    EXTRA_FILE_VERSION = "RK-EXTRA-FILE-VERSION", Precondition, "a file does not hold the version that its package has",
        "`extra_files` of a package lists files in which its version stands beside the package file, and a release moves it there too. This one does not hold the version that the package has now, so nobody knows what to move: it holds another one, or none. Nothing was written. Write the present version into the file, or mend `search`, which says what stands around it.",
        help: "write the package's present version there, or mend `extra_files`";
    EXTRA_FILE_UNCLEAR = "RK-EXTRA-FILE-UNCLEAR", Precondition, "which version in a file is that of its package is not clear",
        "`extra_files` of a package lists a file that holds its version several times, and any of them may be that of something else. Put `x-releasekit-version` into a comment on each line that is meant, or say what stands around the version: `{ path = \"README.md\", search = \"acme=={version}\" }`. Of the marks of release-please `x-release-please-version`, `x-release-please-start-version` and `x-release-please-end` are read; those for dates and for parts of a version are not. Where one place was meant for several packages, give each a `search` of its own. Nothing was written.",
        help: "put `x-releasekit-version` into a comment on each line that is meant, or say what stands around the version with `search`";
    TAG_AMBIGUOUS = "RK-TAG-AMBIGUOUS", Configuration, "two packages would get the same tag",
        "The tag formats in force give one name to two packages. Put `{name}`, `{path}` or `{label}` into `tag_format`, or give one of the packages a format of its own. Packages that always have one version may have one tag: with `synchronize = true`, or in a group with `versioning = \"fixed\"`. Where only one of them is released, keep the other out with `release = \"none\"`.";
    REGISTRY_UNKNOWN = "RK-REGISTRY-UNKNOWN", Unsupported, "no backend is registered for a kind of registry",
        "An ecosystem names a kind of registry that this binary does not contain. A binary made through `Runner` has to register its backend.";
    REGISTRY_UNNAMED = "RK-REGISTRY-UNNAMED", Configuration, "a package is published to a registry that nobody knows",
        "A package file, or `registries` of a package in `releasekit.toml`, names a registry of which neither `[registries.NAME]` in `releasekit.toml` nor the ecosystem's own files and variables say where it is. Those on other machines, such as the one that publishes, may say so: put what they say into `[registries.NAME]`, for it holds no secret. Nothing was tagged or sent.";
    FORGE_KIND_UNKNOWN = "RK-FORGE-KIND-UNKNOWN", Configuration, "the configuration names a kind of forge that nobody knows",
        "`kind` in `[forge]` is the name of a forge that this binary knows. Without it the host of the remote says which one it is.";
    FORGE_UNKNOWN = "RK-FORGE-UNKNOWN", Warning, "the host of the remote is no forge that is known",
        "Branches and tags are pushed to the remote whatever it is. Pull requests and releases need to know which forge it is, and the host does not tell. Name it with `kind` in `[forge]`, and with `url` where its pages are on another host; or ask for no forge with `--no-forge`. `ignore_warnings` settles it.",
        help: "say which one it is with `kind` in `[forge]`, and `url` where its pages are elsewhere; or ask for none with `--no-forge`";
    MANIFEST_UNREADABLE = "RK-MANIFEST-UNREADABLE", Invalid, "the release manifest cannot be read",
        "`.releasekit/manifest.json` is written by `prepare` and read by `release` and `publish`. Restore it from the release commit, or use the version of releasekit that wrote it. If it is not to be released, delete it on the branch, and `releasekit prepare` plans anew.",
        help: "restore it from the release commit, or delete it if it is not to be released";
    CHANGELOG_TEMPLATE = "RK-CHANGELOG-TEMPLATE", Configuration, "the changelog template cannot be rendered",
        "The file that `[changelog] template` names is a minijinja template over `name`, `version`, `date`, `compare`, `first`, `shared`, `sections` and `dependencies`. The message says which line of it fails, or which bound it meets: a template has 32 KiB and, for each package, 20 million steps and 16 MiB of text. It is rendered in a process apart that may take 1 GiB of memory, where the system is Linux, and 60 s for all packages together, and give 64 MiB. Nothing was pushed. A program that runs releasekit through `Runner::run` has no such process, and refuses templates.",
        help: "mend the file that `[changelog] template` names";
    GLOB_INVALID = "RK-GLOB-INVALID", Configuration, "a glob pattern cannot be read",
        "Patterns are globs such as `docs-*` or `packages/**`; the message says what is wrong with this one.",
        help: "mend the pattern in `releasekit.toml`";
    COMMIT_TRAILER = "RK-COMMIT-TRAILER", Precondition, "a trailer of a commit cannot be followed",
        "`release: major|minor|patch|skip [NAMES]` in the message of a commit says how far packages move, and `Release-As: NAME@VERSION` which version one is to have. The line is written otherwise, names a package that is not there, or leaves it open which is meant. It is never passed over, for a plan would give another version than somebody asked for. Amend the commit where that is still possible. Else revert it and commit it again with the right line, for a commit and its revert cancel each other; or leave `trailers` out of `bump_sources` until these commits are released.",
        help: "amend the commit, or revert it and commit it again; `bump_sources = [\"commits\"]` leaves trailers unread";
    CHANGE_FILE_INVALID = "RK-CHANGE-FILE-INVALID", Precondition, "a change file cannot be read",
        "A change file begins with a line `---`, then one package a line with its level, as in `\"name\": minor`, then another `---`; what changed stands below, in Markdown. Levels are `major`, `minor`, `patch` and `none`. It is never passed over, for a plan would lack what somebody described. `releasekit change add` writes such files.",
        help: "mend the file, or delete it and let `releasekit change add` write another";
    CHANGE_FILE_PACKAGE = "RK-CHANGE-FILE-PACKAGE", Precondition, "a change file names no package, or several",
        "Names in change files are those of package files, compared by the ecosystem's own rule, or `label:name` where packages of several ecosystems have one name. A package that `exclude` keeps out is not there. A file that is left over from a package that was renamed or removed is mended by hand: it says what changed.",
        help: "mend the name, or delete the line";
    CHANGE_SETTINGS_INVALID = "RK-CHANGE-SETTINGS-INVALID", Configuration, "the settings of changesets cannot be read",
        "Where change files count, `.changeset/config.json` says with `ignore`, `fixed`, `linked` and `baseBranch` what it says to changesets. It is no JSON, one of these keys holds something else than there belongs, or a package is in several groups. Mend the file; or say the same in `releasekit.toml`, delete it, and list `change-files` in `bump_sources`.",
        help: "mend `.changeset/config.json`";
    CHANGE_SETTINGS_UNREAD = "RK-CHANGE-SETTINGS-UNREAD", Warning, "settings of changesets say nothing here",
        "Of `.changeset/config.json` the keys `ignore`, `fixed`, `linked`, `access` and `baseBranch` are read, as far as `releasekit.toml` does not say otherwise. What others are for is said in `releasekit.toml`, or done by releasekit in its own way: see the guide on change files. `ignore_warnings` settles it.",
        help: "say in `releasekit.toml` what they are for, and list this code in `ignore_warnings`";
    CHANGE_FILES_ELSEWHERE = "RK-CHANGE-FILES-ELSEWHERE", Warning, "change files below the root are not read",
        "changesets works in the folder of a workspace, wherever that is. releasekit reads the change files at the root of the repository alone, for one folder speaks for the packages of all ecosystems. A `.changeset` beside a workspace below the root says nothing here, and packages would move by commits alone. Move its files to `.changeset` at the root; or say with `bump_sources` what counts, which settles the warning where it leaves out `change-files`.",
        help: "move them to `.changeset` at the root of the repository";
    CHANGE_PRE_MODE = "RK-CHANGE-PRE-MODE", Unsupported, "change files make prereleases now, which is not read",
        "`.changeset/pre.json` says `\"mode\": \"pre\"`, or cannot be read: changesets makes prereleases now, and the file says which change files were used for them. releasekit does not read that, and a plan would use them again. Once the file says `\"mode\": \"exit\"`, as `changeset pre exit` writes it, all that has a label becomes final by all change files that there are, and the release deletes the file. Make further prereleases with `changeset version` before. With `bump_sources = [\"commits\", \"trailers\"]` nothing of `.changeset` is read.",
        help: "run `changeset pre exit` and commit the file; the next plan makes final versions";
    RELEASE_NO_MANIFEST = "RK-RELEASE-NO-MANIFEST", Precondition, "there is no release manifest",
        "The commit holds no `.releasekit/manifest.json`. Run `releasekit prepare`, merge its branch, and run the command again on the merged branch.",
        help: "run `releasekit prepare` and merge its branch";
    PUBLISH_NOT_TAGGED = "RK-PUBLISH-NOT-TAGGED", Precondition, "the release has not been tagged",
        "`publish` takes its versions from a manifest whose tags the remote has. Run `releasekit release` first; it checks, builds and tags.",
        help: "run `releasekit release`";
    PREPARE_NOT_ON_BRANCH = "RK-PREPARE-NOT-ON-BRANCH", Precondition, "HEAD is on no branch of the remote that releases are made from",
        "`prepare` plans a commit that an allowed branch of the remote holds: the default branch, or those that `release_branches` names. Push the commits first, or check that branch out.";
    PUSH_REF_MOVED = "RK-PUSH-REF-MOVED", Transient, "a branch or tag of the remote was moved before it could be pushed",
        "Another run, or somebody, has set a branch or tag of the remote after it was looked at. Nothing was pushed, and nothing of theirs was pushed over. Run the command again: it looks anew, and goes on from what is there. Where jobs of a CI do this to each other, let one wait for the other, as the generated workflow does.",
        help: "nothing was pushed: run the command again, it looks anew";
    PUSH_PARTIAL = "RK-PUSH-PARTIAL", Conflict, "the remote took a part of a push",
        "The version control system pushes branches and tags one by one, and the remote refused some of them. The message names those that it has and those that it has not. Mend what is in the way, and run the same command again: it pushes what is missing.",
        help: "mend what is in the way, and run the same command again: it pushes what is missing";
    PREPARE_RELEASE_PENDING = "RK-PREPARE-RELEASE-PENDING", Precondition, "a merged release has not been released yet",
        "The branch holds a manifest whose tags the remote lacks. Run `releasekit release` to finish it, or `releasekit prepare --supersede` to plan anew over it.",
        help: "run `releasekit release`, or `releasekit prepare --supersede` to plan anew over it";
    PREPARE_TAG_DIFFERS = "RK-PREPARE-TAG-DIFFERS", Precondition, "the tag of a last release is not where the remote has it",
        "A plan begins at the tags of the last releases. One of them is on another commit in this clone than on the remote, or in this clone alone, as after a failed release whose tag was deleted or set anew. Changes would be left out or counted twice, and another clone would plan something else. Fetching leaves such tags as they are, unless it is forced. Take those of the remote, delete what is here alone, or push it if it was released; the help names the commands.";
    PREPARE_BRANCH_RESERVED = "RK-PREPARE-BRANCH-RESERVED", Configuration, "the release branch would be a branch that is not for it",
        "`prepare` pushes over its branch, so that one can be neither the default branch, nor one that releases may be made from, nor the name of a tag. Give `branch` in `[pull_request]` a name of its own, as `releasekit--release--{base}`. Nothing was pushed.",
        help: "give `branch` in `[pull_request]` a name of its own, as `releasekit--release--{base}`";
    PREPARE_BRANCH_FOREIGN = "RK-PREPARE-BRANCH-FOREIGN", Precondition, "a branch of the release branch's name was not made by releasekit",
        "None of the commits on the branch is releasekit's, or its history has nothing in common with the base. It was left as it is. Rename it, delete it if nobody needs it, or set another `branch` in `[pull_request]`.";
    PREPARE_COMMIT_UNKEPT = "RK-PREPARE-COMMIT-UNKEPT", Precondition, "commits on the release branch cannot be kept on a new release commit",
        "Commits that others made on the release branch are kept on top of the rebuilt release commit. That cannot be done with what was amended into the release commit, with a change of what the manifest says, or with a merge made by hand: which part is whose cannot be told. The branch was left as it is. Merge it so, or delete it after saving these changes, run `releasekit prepare` again, and put them into commits of their own on top.";
    PREPARE_REPLAY_CONFLICT = "RK-PREPARE-REPLAY-CONFLICT", Precondition, "commits on the release branch conflict with the new release commit",
        "Commits that others made on the release branch are kept on top of the rebuilt release commit, and one of them does not apply any more. The branch was left as it is. Rebase or drop that commit, then run `releasekit prepare` again.";
    PREPARE_SIGNED_OTHERWISE = "RK-PREPARE-SIGNED-OTHERWISE", Conflict, "the forge made another commit than it was asked for",
        "With `sign = \"require\"` and no key at hand the forge makes the release commit and signs it, on a branch of its own. What it made was fetched and has other files, another parent or another message, as where the forge changes the ends of lines. The release branch was left as it is. Give the run a key, or say `sign = \"auto\"`.",
        help: "give the run a key to sign with, or say `sign = \"auto\"`";
    RELEASE_STALE = "RK-RELEASE-STALE", Precondition, "the merged release is stale",
        "After the release was prepared, a commit was merged that needs a higher version than the manifest gives, or one that breaks something and is not listed in the changelog. Run `releasekit prepare --supersede` and merge again; with `stale = \"warn\"` the release goes on.",
        help: "run `releasekit prepare --supersede` and merge again";
    RELEASE_MANIFEST_DRIFT = "RK-RELEASE-MANIFEST-DRIFT", Precondition, "the manifest and the files of its commit do not fit together",
        "The release commit's package files and its manifest were written together, with the tag format of then; one of them was edited since: a version or a path differs, a package is unknown or stands there twice, a row lacks its tag or has one that the format does not give, or no row is left. Nothing was tagged or sent. Revert that edit on the branch, or run `releasekit prepare --supersede`.",
        help: "revert the edit on the branch, or run `releasekit prepare --supersede`";
    RELEASE_TAG_CONFLICT = "RK-RELEASE-TAG-CONFLICT", Conflict, "a tag of the release is not on the release commit",
        "The release commit is the one that brought the manifest onto its branch, and only that one is tagged and published. A tag of the release is elsewhere, on the remote or in this clone, or the commit that the tags lead to does not hold this manifest. Nothing was tagged or sent, and tags are never moved. If nothing was published under it, delete the tag on the remote and run `releasekit release` again; else raise the version with a new `releasekit prepare`.",
        help: "delete the tag if nothing was published under it, else prepare a higher version";
    RELEASE_NOT_ON_BRANCH = "RK-RELEASE-NOT-ON-BRANCH", Precondition, "the release commit is on no branch of the remote that releases are made from",
        "`release` tags, and `publish` sends, only what the remote's default branch holds, or a branch that `release_branches` names. `release` asks again right before its tags go. Push the merge there; where the branch was moved back on purpose, there is nothing to release.";
    RELEASE_ALREADY_LIVE = "RK-RELEASE-ALREADY-LIVE", Conflict, "a version is live before it was tagged",
        "The registry serves a version that the manifest is about to release. `releasekit release --adopt` builds it, compares, and tags it where it is the same. Else it was published from another commit. A package that seems never released was often released under tags that do not count: say with `tag_format` how they read, or with `bootstrap_sha` where history begins. Otherwise raise the version in the package file, and run `releasekit check --fix`, which has lockfiles follow. Then commit, and plan anew with `releasekit prepare --supersede`.",
        help: "`releasekit release --adopt` compares it with a build, and tags it where it is the same";
    PATH_INVALID = "RK-PATH-INVALID", Invalid, "a path is not inside the repository",
        "Paths in the configuration are relative, use `/`, stay inside the repository, and lead into no folder that a version control system keeps for itself.";
    PATH_CLASH = "RK-PATH-CLASH", Invalid, "a release commit would write one file twice",
        "Two parts of the release write the same file, or two files that are one on systems where upper and lower case are the same. Give each a name of its own: a package's `changelog`, for example, must not be a file that something else writes.",
        help: "give each a name of its own: see `changelog` and `prepare_commands` in `releasekit.toml`";
    FILE_NOT_TEXT = "RK-FILE-NOT-TEXT", Invalid, "a file that is to be edited is not UTF-8 text",
        "Changelogs and templates are UTF-8. Convert the file, or name another one.",
        help: "convert it to UTF-8";
    FILE_CHANGED = "RK-FILE-CHANGED", Precondition, "a file was changed while it was being mended",
        "`check --fix` looks at the work tree, has its tools write files anew elsewhere, and then puts these in place. Somebody else wrote one of them in the meantime, so nothing was written.",
        help: "run the same command again, which looks anew";
    STATE_READ_ONLY = "RK-STATE-READ-ONLY", Precondition, "the folder for state cannot be written",
        "What was sent must be on record before it is sent, so nothing was done. Make the folder writable, or name another one with `--state-dir`.",
        help: "make it writable, or name another with `--state-dir`";
    STATE_UNREADABLE = "RK-STATE-UNREADABLE", Precondition, "a file of the state cannot be read",
        "A file in the private folder was damaged or written by another version. Move it away: what is live is found out from the registries, and receipts stay.",
        help: "move the file away: what is live is found out from the registries, and receipts stay";
    FILE_FAILED = "RK-FILE-FAILED", Precondition, "a file cannot be read or written",
        "The system refused an operation on a file in the cache, the state or a folder that was named. Its message says why: a full disk, missing rights, a folder that is not there.";
    EXPORT_PATH_OUTSIDE = "RK-EXPORT-PATH-OUTSIDE", Invalid, "a path of the repository leads out of the export",
        "A link in the repository leads out of it, and a file behind it would have been changed. Nothing was written. Replace the link by a file.";
    COMMANDS_UNSUPPORTED = "RK-COMMANDS-UNSUPPORTED", Unsupported, "the configuration names commands, and nothing can run them",
        "`prepare_commands` and `build_commands` are run by the program around the engine. One made through `Runner` has to bring `Commands` in its context.",
        help: "a program made through `Runner` has to bring `Commands`";
    CANCELLED = "RK-CANCELLED", Cancelled, "stopped on request",
        "A signal asked the command to stop. A running upload was finished, nothing new was begun, and what was done is on record: the same command continues from here.";
    DEPENDENCY_NOT_LIVE = "RK-PUBLISH-DEPENDENCY-NOT-LIVE", Precondition, "a package needs one that is not live",
        "A package of the release needs another one of the repository that does not move, and its registry does not have that version. Nothing was uploaded. Where an earlier release tagged that version, publish it first, with `releasekit publish --release COMMIT`; `release` then only warns. Where none did, no release of releasekit brings it: raise its version, so that the next release does.",
        help: "no release that `publish` knows brings it: publish it by hand, or raise its version, so that the next `releasekit prepare` does";
    PLATFORM_WHEEL = "RK-BUILD-PLATFORM-WHEEL", Conflict, "a build made a file for one platform only, which nobody declared",
        "A wheel that is bound to a platform would be all that users of other platforms do not get. Name the files in the package's `artifacts`, or mend the build so that it runs anywhere.",
        help: "name it in the package's `artifacts`, or mend the build";
    IDENTITY_MISMATCH = "RK-BUILD-IDENTITY-MISMATCH", Conflict, "an artifact says another name or version than the manifest",
        "Name and version inside the file differ from what is to be published. It was built from another commit, or the build takes its version from somewhere else.",
        help: "build it from the release commit";
    REQUIREMENT_MISMATCH = "RK-BUILD-REQUIREMENT-MISMATCH", Conflict, "an artifact requires its siblings otherwise than pinned",
        "What is published together is pinned together. The requirements inside the file differ from the pinned ones: it was built elsewhere without pins, or the build writes its own.",
        help: "build it with `releasekit build`, which pins what the release publishes together";
    BUILD_CHANGED_OTHERS = "RK-BUILD-CHANGED-OTHERS", Conflict, "a build changed files that are none of its package's",
        "After each build, tracked files outside of the package's own folder must be as they were, and new files must lie in that folder or be ignored: otherwise another package would be published with content that is in no commit. The files are named, and nothing of the package was kept. The same code is given where builds, commands or a smoke test changed files on this machine that decide what programs with credentials do, such as the settings of version control or of a package manager, `.netrc`, or these programs themselves: then nothing more was pushed or sent. Look at the files that are named, undo the change, and run the same command again.",
        help: "let it write into its own folder or into ignored files; `build_commands` run before all builds and may write anywhere";
    ARTIFACT_CHANGED = "RK-BUILD-ARTIFACT-CHANGED", Conflict, "an artifact was changed after it was built and checked",
        "Artifacts are hashed when they are checked, when all builds have ended, and again right before each is sent. This one has other bytes than those that were checked, as where the build of another package writes to it. It was not sent. Find out what writes to it; the next run builds it anew.",
        help: "find out what writes to it, for a build must not; the next run builds it anew";
    BUILD_INCOMPLETE = "RK-BUILD-INCOMPLETE", Conflict, "the artifacts are not the set that a release consists of",
        "Files are missing or too many. Without `artifacts` a release consists of the ecosystem's usual files, such as one wheel for any platform and one sdist.",
        help: "the package's `artifacts` says which files a release consists of";
    TOO_SOON = "RK-PUBLISH-TOO-SOON", RateLimited, "the registry wants no upload before a time that it named",
        "An earlier attempt was refused, and the registry said when to come back. That time has not come, and it is longer than a command waits, so nothing was sent: another attempt would be refused too. Run the same command again after that; what is live is not sent again.",
        help: "run the same command again after that time; nothing was sent";
    NOT_VISIBLE = "RK-PUBLISH-NOT-VISIBLE", Transient, "the registry accepted a file and does not list it",
        "After `poll_timeout` the index still lacks the file. It may be late, or the registry has dropped it. `releasekit publish --resend` looks once more, and sends the file again where it is still not there; without `--resend` it is only looked for.",
        help: "run `releasekit publish --resend`: it looks once more, and sends the file again where it is still not there";
    NOT_RESOLVABLE = "RK-PUBLISH-NOT-RESOLVABLE", Transient, "a package is live, and installers do not choose it",
        "The files are listed and are what was built, and yet the installer, asked for exactly this version together with what the release installs beside it, did not choose it within `poll_timeout`. Its own words are shown. Often a cache or a mirror between is late: run the same command again, which sends nothing twice. Else a requirement contradicts the version of another package, or the file admits no Python or platform that there is: release a version that is mended. What needs the package was not published.",
        help: "run the same command again to ask once more; nothing is sent twice, and what needs the package waits";
    NO_ANSWER = "RK-REGISTRY-NO-ANSWER", Transient, "a registry did not answer in time",
        "A registry sent nothing, or something without an end, for as long as `poll_timeout` allows. What it has is unknown, so nothing was concluded from it and nothing sent because of it. Run the same command again; raise `poll_timeout` where the registry is only slow.",
        help: "run the same command again; where the registry is only slow, raise `poll_timeout` in `[publish]`";
    CHECKSUM_MISMATCH = "RK-PUBLISH-CHECKSUM-MISMATCH", Conflict, "the registry serves other bytes than were sent",
        "The digest that installers will see is not that of the file that was built and sent. Dependents were not published. Find out what changes files on the way, such as a proxy or a repository that repacks.",
        help: "what installers get is not what was built: find out what stands between, and withdraw the version";
    CONTENT_CONFLICT = "RK-PUBLISH-CONTENT-CONFLICT", Conflict, "the version is live with other content",
        "Someone published other files under this version. A version is never reused, and running the command again changes nothing. Raise the version in the package file, run `releasekit check --fix`, which has lockfiles follow, commit, and run `releasekit prepare`.",
        help: "a version is never reused: raise it in the package file, run `releasekit check --fix`, commit, and run `releasekit prepare`";
    UNPROVEN = "RK-PUBLISH-UNPROVEN", Conflict, "the version is live and cannot be compared",
        "The live file was made by another version of the build backend, so that a rebuild differs whatever its source is. Build with that version, or bring the receipt of the upload with `--receipt FILE`.",
        help: "build with that version of the build backend, or bring the receipt with `--receipt FILE`";
    PARTIAL_FILE = "RK-PUBLISH-PARTIAL-FILE", Conflict, "the registry lists a file that is only partly there",
        "An upload was cut off, and the registry keeps and lists what had arrived. Delete the file there, and run the same command again.",
        help: "an upload was cut off there: delete the file on the index, and run the same command again";
    YANK_NOT_LIVE = "RK-YANK-NOT-LIVE", NotFound, "there is no such version to be yanked",
        "The registry of the package lists no such version, so there is nothing to be withdrawn or offered again. Look at the number, and at where the package is published: `releasekit config show` says.",
        help: "look at the number, and at where the package is published";
    DRY_RUN_FETCH = "RK-DRY-RUN-FETCH", Precondition, "a dry run would have to fetch commits",
        "The clone lacks a commit of the remote, a dry run changes nothing in it, and its version control system cannot put the commit elsewhere. Fetch the commit, and run it again.";
    DRY_RUN_CONFLICT = "RK-DRY-RUN-CONFLICT", Conflict, "what the dry run records does not fit",
        "A ref is not where the command expects it. The command itself would be refused in the same way.";
}
