//! The codes that the command line itself raises.

releasekit_core::codes! {
    ARGUMENTS = "RK-USAGE-ARGUMENTS", Usage, "the command line cannot be understood",
        "A command, an option or a value is misspelled, missing or in the wrong place. `releasekit help` lists the commands, and `releasekit COMMAND --help` the options of one.";
    FOLDER = "RK-USAGE-FOLDER", Usage, "a folder that was named does not exist",
        "The folder after `-C`, or the current one, is not there or cannot be entered.";
    CODE_UNKNOWN = "RK-CODE-UNKNOWN", Usage, "no error has that code",
        "`releasekit explain` knows every code that this binary can raise. Codes begin with `RK-`; what does not is taken for the name of a package.";
    REPOSITORY_MISSING = "RK-REPOSITORY-MISSING", Precondition, "the folder lies in no repository",
        "releasekit works on a repository under version control and found none here or above. Change into one, name it with `-C`, or make one with `git init`.",
        help: "change into a repository, or name one with `-C DIR`";
    CACHE_UNKNOWN = "RK-CACHE-FOLDER-UNKNOWN", Precondition, "no folder for throw-away files is known",
        "Exports and builds happen in the user's cache folder, which is `$RELEASEKIT_CACHE_DIR`, `$XDG_CACHE_HOME/releasekit` or `$HOME/.cache/releasekit`; none of these variables holds an absolute path. Set one.",
        help: "set `RELEASEKIT_CACHE_DIR` to an absolute path";
    TEMPORARY_MISSING = "RK-RUN-TMPDIR-MISSING", Precondition, "the folder for temporary files does not exist",
        "`TMPDIR` names a folder that is not there or is none, and tools that build and upload fail without one in ways that say something else. Make it, name another one, or unset the variable.",
        help: "make it, name another one, or unset the variable";
    CONFIG_MISSING = "RK-CONFIG-MISSING", Configuration, "the configuration file that was named does not exist",
        "The file after `--config` is not there. `--config none` works without any file.",
        help: "name another file, or use `--config none`";
    CONFIG_UNREADABLE = "RK-CONFIG-UNREADABLE", Configuration, "the configuration file cannot be read",
        "The file is there, and reading it failed: permissions forbid it, it is a folder, a pipe or a device, it is not UTF-8, or it is a link that leads out of the repository, which is never followed.";
    DECLINED = "RK-RUN-DECLINED", Cancelled, "the question was not answered with yes",
        "On a terminal, commands that cannot be undone ask first. Nothing was changed. `--yes` answers beforehand; away from a terminal nothing is asked.",
        help: "answer `y`, or pass `--yes`";
    INTERRUPTED = "RK-RUN-INTERRUPTED", Cancelled, "stopped by SIGINT",
        "Ctrl+C or another program asked to stop. What was done is recorded; run the same command again to continue.",
        help: "run the same command again to continue";
    TERMINATED = "RK-RUN-TERMINATED", Cancelled, "stopped by SIGTERM",
        "Another program, often the CI system, asked to stop. What was done is recorded; run the same command again to continue.",
        help: "run the same command again to continue";
    STREAM_FAILED = "RK-OUTPUT-FAILED", Invalid, "standard input or output failed",
        "What should be read from stdin or written to stdout was not: the disk is full, the file was closed, or the text is not UTF-8.";
    RUNTIME_FAILED = "RK-RUN-NOT-STARTED", Precondition, "the system gave no thread or no signal handler",
        "releasekit needs two threads and handlers for SIGINT and SIGTERM. A limit of the system (`ulimit -u`, a container's process limit) was met.";
    TAG_UNCLAIMED = "RK-TAG-UNCLAIMED", Warning, "packages seem to have been released under tags that are not theirs",
        "A package that would be released for the first time has the version of a tag that no format gives to it: one tag for several packages, a bare `1.2.3` for one of them, or the tag of one package that the others follow. Nothing is concluded from that, for a version may be the same by chance. The overview proposes the lines of configuration that would make these tags count; `ignore_warnings = [\"RK-TAG-UNCLAIMED\"]` says that they mean nothing.";
    GROUP_LEAVES = "RK-GROUP-LEAVES-BEHIND", Warning, "a run for some groups leaves published dependents behind",
        "`--group` moves the packages of some groups alone. Published packages of others need one of them, and would have moved with it. Nothing is lost: the next run that takes them moves them, for what they need was released since their own last release. Until then they ask for the version before, as far as their requirements do.",
        help: "the next run that takes them moves them; name their groups too, or run without `--group`, to release them now";
    GROUP_NEEDS = "RK-GROUP-NEEDS", Warning, "a run for some groups leaves out changes that it may need",
        "`--group` moves the packages of some groups alone. They need packages of others that have changes since their last release, or were never released. What is published will need the releases that are there: where it uses what is new, release that first, or together with it.",
        help: "if it uses what is new there, name those groups too, or release them first";
    TAG_ABSENT = "RK-TAG-ABSENT", Warning, "the clone has no tags, and changelogs tell of the versions that are planned as new",
        "Tags say what was released. This clone has none, as one made with `--no-tags` or by a CI system has, and yet changelogs have headings with the versions of today. Fetch the tags. Where nothing was ever released, `ignore_warnings = [\"RK-TAG-ABSENT\"]` settles it.";
    CHANGE_FILE_IDLE = "RK-CHANGE-FILE-IDLE", Warning, "a change file names packages that take no part in releases",
        "A package that is private, that `ignore` names, or whose `release` is `\"none\"`, is not moved by a change file, and the file stays for the day on which it takes part. Where that day does not come, delete the file, or the line. A private package is versioned and tagged with `release = \"tag\"`. `ignore_warnings` settles it.",
        help: "delete these lines, or say `release = \"tag\"` for packages that are to be versioned";
    CHANGE_FILES_UNREAD = "RK-CHANGE-FILES-UNREAD", Warning, "change files do not count here",
        "Change files say how far packages move where `.changeset/config.json` is, or `bump_sources` lists `change-files`. Neither is so, so that a plan passes over the file that was written.",
        help: "list `change-files` in `bump_sources`, or write `{}` to `.changeset/config.json`";
    CHANGE_FILE_MISSING = "RK-CHANGE-FILE-MISSING", Precondition, "packages changed, and no change file says so",
        "Since the commit that was compared with, packages changed that take part in releases, and no change file came. `releasekit change add` writes one. Where nobody needs to hear of the change, `releasekit change add --empty` says so.",
        help: "run `releasekit change add`, or `releasekit change add --empty` where nobody needs to hear of it";
    TOOL_OTHER = "RK-TOOL-OTHER", Warning, "the repository is configured for another release tool",
        "Its configuration was recognised by its name, and nothing of it was run. What to carry over is read of release-please alone: which files its `extra-files` are, and which packages it lists. Two tools that both write versions and tags undo each other's work: switch the other one off before the first `releasekit prepare`. Poetry is named where projects are its alone: their names and versions stand in `[tool.poetry]`, and only what `[project]` says makes a package here. `ignore_warnings = [\"RK-TOOL-OTHER\"]` where both have their place.";
    TOOL_UNLISTED = "RK-TOOL-UNLISTED", Warning, "packages that release-please does not release are planned as new",
        "`.release-please-manifest.json` lists the packages that are released, and lacks these. They have no tags, and nothing marks them private, so they would be released for the first time. Where that is not meant, keep them out with `release = \"none\"`; else `ignore_warnings = [\"RK-TOOL-UNLISTED\"]` settles it, or deleting that file once release-please is switched off.";
    TAG_FOREIGN = "RK-TAG-FOREIGN", Warning, "tags that look like versions belong to no package",
        "These tags do not read as any package's in the formats that are known or configured, so no release begins after them. If they are releases of these packages, say how they read with `tag_format`, or under which names with `formerly`. If they are not, `ignore_tags` with their shape, or `ignore_warnings = [\"RK-TAG-FOREIGN\"]`, settles it.";
    TAG_UNREACHED = "RK-TAG-UNREACHED", Warning, "packages are planned as new, and have tags that HEAD does not reach",
        "Only tags in HEAD's history are releases that a plan begins after. Packages that are released from other branches, or whose history was rewritten, look new here. Plan on the branch that holds the tags, say with `bootstrap_sha` after which commit history begins, or list tags that mean nothing in `ignore_tags`.";
    VERSION_SPENT = "RK-VERSION-SPENT", Warning, "a version is passed over, for a tag that is ignored has used it up",
        "`ignore_tags` says that nothing was released under a tag, and the tag is there all the same. Versions are not used twice, so the next free patch is planned.";
    COMMIT_UNDECLARED = "RK-COMMIT-UNDECLARED", Warning, "a squash lists a breaking change that its title does not declare",
        "Where the title of a squash has a type, it speaks for all that is listed below it. A change in the list that breaks something does not move the version then. Raise the version in the package file where users have to be told.";
    BRANCH_UNKNOWN = "RK-INIT-BRANCH-UNKNOWN", Precondition, "it is not known which branch releases are made from",
        "A workflow starts when something is pushed to a branch that releases are made from. The configuration names none, the remote was not asked or has no default branch, and no branch is checked out. `default_branch` or `release_branches` in `releasekit.toml` name them.",
        help: "set `default_branch` in `releasekit.toml`, or check a branch out";
    WORKFLOW_FOREIGN = "RK-INIT-FOREIGN", Precondition, "a file is in the way that `init` did not make",
        "A file lies where the workflow would, and nothing below `.releasekit/generated` tells what of it is yours: it was written by hand, or the copy was removed. Nothing was changed. Move it away, run `releasekit init` again, and take over what you need of it.",
        help: "move it away, run the same command again, and take over what you need of it";
    WORKFLOW_CONFLICT = "RK-INIT-CONFLICT", Conflict, "you and releasekit changed the same lines of a workflow",
        "Since the workflow was made last, some of its lines were changed here and are made otherwise today. Both stand in the file, yours first, between lines that begin with `<<<<<<<` and `>>>>>>>`. Keep what you want, and remove these lines.",
        help: "keep what you want of both, and remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`";
    WORKFLOW_STALE = "RK-INIT-STALE", Precondition, "a workflow is not what the repository should have",
        "The repository releases with other tools or from other branches than the workflow was made for, this version of releasekit makes it otherwise, or one of its two files is missing. What you changed in it is no reason.",
        help: "run `releasekit init --ci github`, which shows what is new and keeps what you changed";
    OUTPUTS_UNKNOWN = "RK-OUTPUT-STEP-UNKNOWN", Usage, "there is no step whose outputs could be written",
        "`--format github-output` writes outputs that later steps of a workflow read, into the file that GitHub Actions names in `GITHUB_OUTPUT`. Elsewhere `--format json` says more.",
        help: "use `--format json` outside of GitHub Actions";
    BUG = "RK-RUN-BUG", Internal, "a bug in releasekit",
        "Something happened that the code holds to be impossible. Nothing of yours is at fault; please report the message with the command that led to it.",
        help: "please report it with the command that led to it";
}
