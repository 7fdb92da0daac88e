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
    NO_TOKEN = "RK-CRATES-NO-TOKEN", Unauthenticated, "no token for the registry",
        "Publishing needs a token. It is looked for where cargo looks: for crates.io in `CARGO_REGISTRY_TOKEN` and in `[registry]`; \
         for a registry with a name in `CARGO_REGISTRIES_<NAME>_TOKEN` and in `[registries.<name>]`; the tables in \
         `credentials.toml` or `config.toml` of `CARGO_HOME`. For a registry that is known by its URL alone it is \
         `CARGO_REGISTRY_TOKEN`, and no login that a file keeps. A token of one registry is never tried at another, nor where \
         `observe_url` leads. What credential providers keep is not read.";
    CREDENTIALS = "RK-CRATES-CREDENTIALS", Precondition, "a file with cargo's credentials cannot be read",
        "`credentials.toml` or `config.toml` in `CARGO_HOME` is there, and it cannot be read or is no TOML. What is wrong is said \
         with the error, the file's text is not. Correct it, or give the token by its variable.",
        help: "correct the file, or give the token by its variable";
    TOKEN_REFUSED = "RK-CRATES-TOKEN-REFUSED", Unauthenticated, "the registry does not know the token",
        "The registry answered that the token is none of its own, has expired or was revoked. Make a new one there, with the \
         right to publish versions, and to publish new crates where one of these is new.",
        help: "make a new token at the registry, and put it where the old one was";
    REFUSED = "RK-CRATES-REFUSED", Invalid, "the registry refuses the crate",
        "The registry has the request, and says no; why is shown with the error. Often a version is there already, its name is taken by \
         another crate, the token's owner does not own the crate, or metadata is missing that the registry wants.";
    BUSY = "RK-CRATES-BUSY", RateLimited, "the registry wants fewer crates in this time",
        "A registry takes only so many crates of one person in some time; crates.io takes five new names and then one every ten \
         minutes, and thirty versions and then one every minute. What it asks for is said with the error. Run the same \
         command again after that: what is live is not sent again.",
        help: "run the same command again once the time is up";
    NO_API = "RK-CRATES-NO-API", Unsupported, "the registry takes no crates",
        "The `config.json` of the registry's index names no `api`, so nothing can be published there. It may be a mirror; \
         give the registry that it mirrors as `publish_url`.",
        help: "give the index of a registry that has an API as `registry_url` or `publish_url`";
    UNCLEAR = "RK-CRATES-UNCLEAR", Transient, "what became of an upload is not clear",
        "The registry sent no answer, or one that says neither yes nor no: a page for people, a redirection, a part of one. It may \
         have the crate all the same, so the index is looked at before anything is sent again.";
}
