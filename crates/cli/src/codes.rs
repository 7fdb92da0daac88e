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
    BUG = "RK-RUN-BUG", Internal, "a bug in releasekit",
        "Something happened that the code holds to be impossible. Nothing of yours is at fault; please report the message with the command that led to it.",
        help: "please report it with the command that led to it";
}
