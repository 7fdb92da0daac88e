//! The codes of the in-process registries.

releasekit_core::codes! {
    START = "RK-REHEARSAL-START", Precondition, "the in-process registry cannot start",
        "The port it was given is taken, or the folder it was given for its files cannot be read or written. Use \
         another port, or another folder.",
        help: "use another port or another folder";
}
