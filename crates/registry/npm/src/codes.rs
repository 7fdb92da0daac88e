//! The codes of this registry.

releasekit_core::codes! {
    INVALID_DOCUMENT = "RK-NPM-INVALID-DOCUMENT", Invalid, "the answer is no document of a package",
        "The server answered with success, yet not with what a registry of npm has of a package: JSON with its name and its versions. \
         `registry_url` is the root of the registry, such as `https://registry.npmjs.org/`. A proxy that wants a login answers \
         like this too. Or the document names two digests for one version: nobody knows then which file installers get. \
         A version is deprecated by writing the whole document back, and nothing is written where that would change more than the one value.",
        help: "check that `registry_url` is the root of a registry of npm";
    INVALID_PACKAGE = "RK-NPM-INVALID-PACKAGE", Invalid, "this is no name or version of a package of npm",
        "A registry can only be asked for names that npm takes (with or without a scope, of characters that stand in a URL as they \
         are) and versions of SemVer. Correct the name or the version in the package's `package.json`.";
    SETTINGS = "RK-NPM-SETTINGS", Precondition, "the file with npm's settings cannot be read",
        "The user's own `.npmrc`, the file that `NPM_CONFIG_USERCONFIG` names, or pnpm's `auth.ini` is there, and it cannot be read. Why is said with the \
         error. Correct it, or name another file.",
        help: "correct the file, or name another one in `NPM_CONFIG_USERCONFIG`";
    ONE_TIME_PASSWORD = "RK-NPM-ONE-TIME-PASSWORD", Forbidden, "the registry wants a one-time password",
        "The package, or the account that the token belongs to, asks for a second factor with each write, and nobody is there to \
         give one. A granular access token that bypasses it, or a trusted publisher, needs none.",
        help: "use a granular access token that bypasses two-factor authentication, or a trusted publisher";
    REFUSED = "RK-NPM-REFUSED", Invalid, "the registry refuses a change to a version or to where a name points",
        "The registry has the request, and says no; why is shown with the error. Where it says that the document has changed \
         meanwhile, run the same command again.";
    UNCLEAR = "RK-NPM-UNCLEAR", Transient, "whether a change was made is not clear",
        "The registry sent no answer, or one that says neither yes nor no: a page for people, a redirection, a part of one. Run the \
         same command again: doing it twice does no harm.",
        help: "run the same command again";
}
