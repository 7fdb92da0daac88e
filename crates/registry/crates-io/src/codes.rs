//! The codes of this registry.

releasekit_core::codes! {
    INVALID_INDEX = "RK-CRATES-INVALID-INDEX", Invalid, "the answer is no part of a sparse index",
        "The server answered with success, yet not with what a sparse index holds: a `config.json` that says where files are, \
         and for each crate a file with one line of JSON for each version. `registry_url` is the URL of the index with \
         `sparse+` before it, such as `sparse+https://index.crates.io/`; an index in a git repository is not read. Or a crate's \
         file lists one version twice, with different checksums: nobody knows then which of them cargo gets.",
        help: "check that `registry_url` is the URL of a sparse index";
    INVALID_PACKAGE = "RK-CRATES-INVALID-PACKAGE", Invalid, "this is no name or version of a crate",
        "A registry can only be asked for names that cargo takes (an ASCII letter, then letters, digits, `-` and `_`, 64 at \
         most) and versions of SemVer. Correct the name or the version in the package's `Cargo.toml`.";
    INVALID_CRATE = "RK-CRATES-INVALID-CRATE", Invalid, "this `.crate` cannot be described to its registry",
        "A request to publish says what the package file inside of the `.crate` says. That file could not be read, or it is \
         not there, or the README that it names is not. Nothing was sent. Build the package again.",
        help: "build the package again; nothing was sent";
    CREDENTIALS = "RK-CRATES-CREDENTIALS", Precondition, "a file with cargo's credentials cannot be read",
        "`credentials.toml` or `config.toml` in `CARGO_HOME` is there, and it cannot be read or is no TOML. What is wrong is said \
         with the error, the file's text is not. Correct it, or give the token by its variable.",
        help: "correct the file, or give the token by its variable";
    NO_API = "RK-CRATES-NO-API", Unsupported, "the registry takes no crates",
        "The `config.json` of the registry's index names no `api`, so nothing can be published there. It may be a mirror; \
         give the registry that it mirrors as `publish_url`.",
        help: "give the index of a registry that has an API as `registry_url` or `publish_url`";
    YANK_REFUSED = "RK-CRATES-YANK-REFUSED", Invalid, "the registry refuses to yank a version, or to offer it again",
        "The registry has the request, and says no; why is shown with the error. Often it does not list the version, or it wants \
         fewer requests.";
    YANK_UNCLEAR = "RK-CRATES-YANK-UNCLEAR", Transient, "whether a version was yanked is not clear",
        "The registry sent no answer, or one that says neither yes nor no: a page for people, a redirection, a part of one. Run the \
         same command again: yanking twice does no harm.",
        help: "run the same command again";
}
