//! The codes of this backend's failures.

releasekit_core::codes! {
    MANIFEST_INVALID = "RK-CARGO-MANIFEST-INVALID", Invalid,
        "a Cargo.toml is not valid",
        "A `Cargo.toml` is no TOML, is not UTF-8, a key that cargo needs is missing or has another type than it should, or a \
         member inherits what its workspace does not say. The place is shown; `cargo metadata` says the same until the file is \
         mended.";
    ROOT_MISSING = "RK-CARGO-ROOT-MISSING", Configuration,
        "this folder is neither a workspace of cargo nor a crate",
        "The folder that is configured as `workspace_root` has no `Cargo.toml`, or one with neither `[package]` nor \
         `[workspace]`. Name the folder that holds the workspace's root.",
        help: "name the folder of the workspace in `workspace_root`";
    MEMBER_MISSING = "RK-CARGO-MEMBER-MISSING", Invalid,
        "a workspace member has no Cargo.toml",
        "An entry in `members` of `[workspace]` names or matches a folder that has no `Cargo.toml`, which cargo refuses. Add the \
         file, or take the folder out of `members`.";
    NAME_DUPLICATE = "RK-CARGO-NAME-DUPLICATE", Invalid,
        "two crates have one name",
        "Two crates of a workspace, or two released crates of one label, have the same name, by which a registry would take them \
         for versions of one. Rename one of them, or mark it with `publish = false`.",
        help: "rename one of them, or mark it with `publish = false`";
    PROJECT_UNREADABLE = "RK-CARGO-PROJECT-UNREADABLE", Warning,
        "crates that nobody releases could not be read",
        "Package files in folders of tests, examples and the like are not valid, as data of tests often are. They take no part in \
         releases, so nothing stops. `exclude` leaves a folder out.",
        help: "leave them out with `exclude` if they are none of yours";
    MEMBER_PASSED_OVER = "RK-CARGO-MEMBER-PASSED-OVER", Warning,
        "members behind links or in other repositories were passed over",
        "An entry in `members` of a workspace takes in a folder that is a link or a repository of its own, such as a submodule. What \
         lies there is not part of this repository, so it is not released from here.",
        help: "release what lies in another repository from there";
    CONFIG_INVALID = "RK-CARGO-CONFIG-INVALID", Invalid,
        "a configuration file of cargo is not valid",
        "A `.cargo/config.toml` that says where registries are is no TOML or not UTF-8. cargo refuses it too.",
        help: "mend the file: cargo refuses it too";
}
