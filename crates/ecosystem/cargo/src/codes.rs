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
    TOO_OLD = "RK-CARGO-TOO-OLD", ToolMissing,
        "cargo is too old",
        "releasekit packs all crates of a release together, so that each is built against those that come with it, and older \
         versions of cargo cannot. Run `rustup update`, or install a newer one.",
        help: "run `rustup update`, or install a newer cargo";
    METADATA_FAILED = "RK-CARGO-METADATA-FAILED", Invalid,
        "cargo cannot read a workspace",
        "`cargo metadata` failed: a `Cargo.toml` is missing or not valid, or says what this cargo does not know. Its own words \
         are shown below the message.";
    FOLDER_UNUSABLE = "RK-CARGO-FOLDER-UNUSABLE", Precondition,
        "a working folder could not be read or written",
        "releasekit works in folders below its cache and in exports of the repository. One of them is missing, not writable, \
         or on a full disk; the message says what the system answered.";
    LOCK_STALE = "RK-CARGO-LOCK-STALE", Precondition,
        "Cargo.lock does not fit the package files",
        "cargo would write another `Cargo.lock`, because requirements changed after it was made. A release only moves the \
         versions of what it releases there, and third parties stay where they are. Run `cargo update --workspace`, or \
         `releasekit check --fix`, which does it for you, commit the result, and try again.";
    LOCK_UNSOLVABLE = "RK-CARGO-LOCK-UNSOLVABLE", Precondition,
        "the requirements of a workspace cannot all be met",
        "cargo finds no versions that meet all requirements of the workspace at once, so it can write no lockfile. Its words \
         name the requirements that contradict each other. Change one of them, and run `cargo update --workspace`.";
    LOCK_FAILED = "RK-CARGO-LOCK-FAILED", Transient,
        "cargo could not say whether a lockfile fits",
        "`cargo update --workspace` failed for another reason than the lockfile: a registry did not answer or wants a login, or \
         cargo would have to ask one and the network is out of bounds. Whether the lockfile fits is not known. cargo's own \
         words are shown.";
    DESCRIPTION_MISSING = "RK-CARGO-DESCRIPTION-MISSING", Invalid,
        "a crate for crates.io has no description",
        "crates.io refuses crates without `description` in `[package]`, or with an empty one.";
    LICENSE_MISSING = "RK-CARGO-LICENSE-MISSING", Invalid,
        "a crate for crates.io has no licence",
        "crates.io refuses crates that say neither `license`, an SPDX expression, nor `license-file` in `[package]`.";
    FILE_MISSING = "RK-CARGO-FILE-MISSING", Invalid,
        "a readme or licence file is not there",
        "The package file names a file that the repository does not have, so cargo cannot pack it. Ignored files do not count, \
         for releases are built from what is committed. Where `build_commands` or `include_untracked` bring files for builds, \
         this is not looked at.";
    TOO_LARGE = "RK-CARGO-TOO-LARGE", Invalid,
        "a crate is larger than crates.io takes",
        "crates.io takes packed crates of 10 MiB. Leave out what nobody needs who builds the crate: data of tests, pictures, \
         documents.";
    REQUIREMENT_MISSING = "RK-CARGO-REQUIREMENT-MISSING", Invalid,
        "a crate requires another in any version",
        "cargo packs no crate that takes another from a folder or from git without requiring a version as well, for that is \
         all that is published of it; and crates.io takes no requirement that is `*`. Dependencies of developers may be without \
         a version: cargo leaves them out.";
    DEV_PRIVATE = "RK-CARGO-DEV-PRIVATE", Invalid,
        "a dependency of developers requires a version of what is published nowhere",
        "A dependency in `[dev-dependencies]` with a `version` has to be at the registry, though nobody who uses the crate needs \
         it. Without one, cargo leaves it out of what is published. `releasekit check --fix` takes the version away.";
    DEV_CIRCLE = "RK-CARGO-DEV-CIRCLE", Warning,
        "a dependency of developers closes a circle",
        "A crate is tried with another that needs the crate itself, and requires a version of it: neither could be published \
         first. releasekit packs such a crate without that version, and cargo then leaves the dependency out, but notes in the \
         crate that it was changed. `releasekit check --fix` takes the version out of the package file, so that it is packed as \
         it is committed. Nothing stops for it.";
    VENDORED = "RK-CARGO-VENDORED", Precondition,
        "crates that come together cannot be packed over a folder",
        "The settings of cargo put a folder in the place of crates.io, as `cargo vendor` and `cargo local-registry` ask for. cargo \
         packs crates that need each other over a registry, and refuses to over a folder. The settings are those in \
         `.cargo/config.toml` of the repository and of the folders above it, and in `CARGO_HOME`. Release where they do not \
         hold, or name a registry in `replace-with`, such as a mirror. Nothing has been uploaded.",
        help: "take `replace-with` for crates.io out of the settings of cargo where releases are made, or name a registry there";
    BUILD_CHANGED = "RK-CARGO-BUILD-CHANGED", ToolFailed,
        "a crate is not the same when it is packed again",
        "A crate was packed before any of its code ran, and once more with its release. Both have to be the same bytes, for \
         what depends on it records its checksum. A build script writes into the folder in which cargo packs, the crate packs \
         files that builds make, or `Cargo.lock` is not committed and a requirement has a new version since.",
        help: "commit `Cargo.lock`, and have build scripts write to `OUT_DIR` alone";
    REPACKED = "RK-CARGO-REPACKED", ToolFailed,
        "a crate is not the same when cargo packs it to publish it",
        "Where a credential provider gives the token to cargo alone, cargo has to publish, and it sends only what it packs itself. \
         So the crate is packed once more, without any setting of the repository but the addresses of its registries, and that \
         gave other bytes than those that were checked: `Cargo.lock` is not committed and a requirement has a new version since, \
         another cargo packs than at the time of the build, or commands of `build_commands` make files of the crate and did \
         not run, for artifacts came from elsewhere. Nothing was sent.",
        help: "give the token by its variable, `CARGO_REGISTRY_TOKEN` or `CARGO_REGISTRIES_<NAME>_TOKEN`, so that the very file is \
               sent; or commit `Cargo.lock`, and build and publish with one version of cargo";
    EXPORT_DIRTY = "RK-CARGO-EXPORT-DIRTY", Precondition,
        "a crate would be packed from files that are in no commit",
        "cargo says that files of the crate differ from the release commit. Commands of `build_commands` changed tracked files, \
         or made files that are packed and neither committed nor ignored. What is published has to be what is tagged.",
        help: "commit what is packed, or leave it out with `exclude` in `Cargo.toml`";
}
