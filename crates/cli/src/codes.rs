//! The codes that the command line itself raises.

releasekit_core::codes! {
    /// The command line cannot be understood.
    ARGUMENTS = "RK-USAGE-ARGUMENTS", "the command line cannot be understood",
        "A command, an option or a value is misspelled, missing or in the wrong place. `releasekit help` lists the commands, and `releasekit COMMAND --help` the options of one.";
    /// A folder that does not exist.
    FOLDER = "RK-USAGE-FOLDER", "a folder that was named does not exist",
        "The folder after `-C`, or the current one, is not there or cannot be entered.";
    /// A code that does not exist.
    CODE_UNKNOWN = "RK-CODE-UNKNOWN", "no error has that code",
        "`releasekit explain` knows every code that this binary can raise. Codes begin with `RK-`; what does not is taken for the name of a package.";
    /// Outside of any repository.
    REPOSITORY_MISSING = "RK-REPOSITORY-MISSING", "the folder lies in no repository",
        "releasekit works on a repository under version control and found none here or above. Change into one, name it with `-C`, or make one with `git init`.";
    /// No folder for the cache.
    CACHE_UNKNOWN = "RK-CACHE-FOLDER-UNKNOWN", "no folder for throw-away files is known",
        "Exports and builds happen in the user's cache folder, which is `$RELEASEKIT_CACHE_DIR`, `$XDG_CACHE_HOME/releasekit` or `$HOME/.cache/releasekit`; none of these variables holds an absolute path. Set one.";
    /// The folder for temporary files is not there.
    TEMPORARY_MISSING = "RK-RUN-TMPDIR-MISSING", "the folder for temporary files does not exist",
        "`TMPDIR` names a folder that is not there or is none, and tools that build and upload fail without one in ways that say something else. Make it, name another one, or unset the variable.";
    /// The configuration file is not there.
    CONFIG_MISSING = "RK-CONFIG-MISSING", "the configuration file that was named does not exist",
        "The file after `--config` is not there. `--config none` works without any file.";
    /// The configuration file cannot be read.
    CONFIG_UNREADABLE = "RK-CONFIG-UNREADABLE", "the configuration file cannot be read",
        "The file is there, and reading it failed: permissions forbid it, it is a folder, a pipe or a device, it is not UTF-8, or it is a link that leads out of the repository, which is never followed.";
    /// Nothing was confirmed.
    DECLINED = "RK-RUN-DECLINED", "the question was not answered with yes",
        "On a terminal, commands that cannot be undone ask first. Nothing was changed. `--yes` answers beforehand; away from a terminal nothing is asked.";
    /// SIGINT.
    INTERRUPTED = "RK-RUN-INTERRUPTED", "stopped by SIGINT",
        "Ctrl+C or another program asked to stop. What was done is recorded; run the same command again to continue.";
    /// SIGTERM.
    TERMINATED = "RK-RUN-TERMINATED", "stopped by SIGTERM",
        "Another program, often the CI system, asked to stop. What was done is recorded; run the same command again to continue.";
    /// Input or output failed.
    STREAM_FAILED = "RK-OUTPUT-FAILED", "standard input or output failed",
        "What should be read from stdin or written to stdout was not: the disk is full, the file was closed, or the text is not UTF-8.";
    /// The runtime did not start.
    RUNTIME_FAILED = "RK-RUN-NOT-STARTED", "the system gave no thread or no signal handler",
        "releasekit needs two threads and handlers for SIGINT and SIGTERM. A limit of the system (`ulimit -u`, a container's process limit) was met.";
    /// A bug.
    BUG = "RK-RUN-BUG", "a bug in releasekit",
        "Something happened that the code holds to be impossible. Nothing of yours is at fault; please report the message with the command that led to it.";
}
