//! The codes that reading a configuration can raise. No logic.

releasekit_core::codes! {
    SYNTAX = "RK-CONFIG-SYNTAX", Configuration, "the configuration is not valid TOML",
        "A line of the configuration cannot be read as TOML 1.0, so what stands after it may be unchecked. \
         Correct the place that is marked. Text needs quotes, lists need brackets, and a table's keys follow its [header].";
    TOO_LONG = "RK-CONFIG-TOO-LONG", Configuration, "the configuration is too long",
        "A configuration has at most 1 MiB, which is some thousand packages with tables of their own. A longer file is not \
         read: it is hardly a configuration. Say what many packages share by a glob, or in their ecosystem's table.",
        help: "name what many packages share by a glob, or in their ecosystem's table";
    ORIGINAL = "RK-CONFIG-ORIGINAL", Configuration, "the configuration is written for the Python releasekit",
        "The Python tool of the same name reads a file of the same name, whose keys are others: `[workspace.LABEL]` with \
         `root` is `[ecosystems.LABEL]` with `workspace_root` here, and the forge, the tags and the tools are found without \
         being told. The help says of each key what it is here. Often no file is needed at all: \
         `releasekit --config none` shows what is found without one.";
    DUPLICATE = "RK-CONFIG-DUPLICATE", Configuration, "the configuration says something twice",
        "A key or a table stands twice, or two [packages] tables name the same package in different spellings. \
         Neither wins silently: keep one of them.",
        help: "keep one of them";
    UNKNOWN_KEY = "RK-CONFIG-UNKNOWN-KEY", Configuration, "the configuration has an unknown key",
        "A key that releasekit does not know would do nothing, so it is an error. It is misspelled, stands in the wrong \
         table, or belongs to another version. `releasekit config show` lists every key.";
    INVALID_VALUE = "RK-CONFIG-INVALID-VALUE", Configuration, "a key of the configuration has a value it cannot have",
        "The value is of another type, out of range, none of the allowed words, or not a legal glob, path, URL, commit or \
         tag format. The message says what is expected there.";
    CONTRADICTION = "RK-CONFIG-CONTRADICTION", Configuration, "two keys of the configuration contradict each other",
        "Each value is legal, but they cannot hold together: `synchronize = true` and a group whose packages keep versions of \
         their own, or `propagate = \"never\"` where requirements on siblings are pinned exactly, by `pin` or because their \
         ecosystem does so where nobody says how. Change one of them.";
    UNKNOWN_PACKAGE = "RK-CONFIG-UNKNOWN-PACKAGE", Configuration, "the configuration names a package that does not exist",
        "A [packages.\"NAME\"] table, a `depends_on`, `umbrella_version` or `latest` names a package that was not discovered. \
         `releasekit discover` lists the names; a package in an excluded folder is none.",
        help: "`releasekit discover` lists the packages there are";
    UNKNOWN_ECOSYSTEM = "RK-CONFIG-UNKNOWN-ECOSYSTEM", Configuration, "the configuration names an unknown ecosystem",
        "An [ecosystems.<label>] table has an `ecosystem` that is not built in, or a label that implies none and no \
         workspace was found for. Say which one it is with `ecosystem = \"…\"`.";
}

/// A bare name that several packages have. The engine raises it too, for names on the command line, and documents it.
pub const PACKAGE_AMBIGUOUS: releasekit_core::Code =
    releasekit_core::Code::new("RK-PACKAGE-AMBIGUOUS", releasekit_core::ErrorKind::Usage);
