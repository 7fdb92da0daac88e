//! The codes of the in-process registries.

releasekit_core::codes! {
    /// An in-process registry that cannot start.
    START = "RK-REHEARSAL-START", "the in-process registry cannot start",
        "The port it was given is taken, or the folder it was given for its files cannot be read or written. Use \
         another port, or another folder.";
}
