//! The codes that running a tool can raise.

releasekit_core::codes! {
    NOT_FOUND = "RK-TOOL-NOT-FOUND", ToolMissing,
        "a program that is needed is not installed",
        "releasekit looked for the program in every folder of `PATH` and found no executable file of that name. Install it, or put its folder on `PATH`.";
    NOT_RUN = "RK-TOOL-NOT-RUN", ToolFailed,
        "a program could not be started",
        "The program is there, but the system refused to start it or to pass its output on: its folder is gone, it is no program for this machine, or a limit of the system was met. The message says what the system answered.";
    TIMED_OUT = "RK-TOOL-TIMED-OUT", ToolFailed,
        "a program took longer than it may",
        "The program and everything it had started were ended when its time was over. Look at the end of its output to see what it waited for; `task_timeout` in `[publish]` gives it more time.",
        help: "see what it waited for, or raise `task_timeout` in `[publish]`";
    FAILED = "RK-TOOL-FAILED", ToolFailed,
        "a program failed",
        "The program ended with an exit code other than 0, or by a signal. What it printed last is shown below the message and says why.";
}
