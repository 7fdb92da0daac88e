//! The codes that the traits speak of: those of their default methods, and those that every backend raises for the same.

crate::codes! {
    UNSUPPORTED = "RK-BACKEND-UNSUPPORTED", Unsupported, "a backend cannot do what was asked of it",
        "The registry, tool or version control system has no such operation, or its backend in this binary does not know it. Nothing was changed. Whoever wrote the backend should see that what it says of itself is right.";
    REQUIREMENT_AHEAD = "RK-REQUIREMENT-AHEAD", Precondition, "a requirement asks for more than is planned",
        "A package requires a version of another one of this repository that lies above the one that is planned for that, as people write it who know what is coming. A lower bound is never lowered, so the package that declares it waits, and with it those that need that one; everything else is released. Have the other package move that far, or lower the requirement by hand.",
        help: "have the required package move that far, or lower the requirement";
    BUILD_FAILED = "RK-PUBLISH-BUILD-FAILED", ToolFailed,
        "a package could not be built",
        "The package's own build failed, gave no artifact, or what it requires could not be had. The tool's own words are \
         shown below the message. Nothing has been uploaded; mend the package and run the same command again. A release that is \
         merged is built from its own commit, whatever comes after it: where that one cannot be built, commit and push what \
         mends it, and run `releasekit prepare --supersede`, which plans the release anew; merge that, and run \
         `releasekit release` again. Builds see no credentials: variables that they need, as for a private registry, are named \
         in `build_env`.",
        help: "mend the package and run the same command again; where its release is merged already, commit and push that, \
               run `releasekit prepare --supersede`, and merge what it prepares";
    CREDENTIALS_MISSING = "RK-PUBLISH-CREDENTIALS-MISSING", Unauthenticated,
        "no credentials for a registry",
        "A registry wants to know who uploads or withdraws a version, and nothing says so where the ecosystem's tool keeps \
         credentials: variables, its own files, a keyring. Nothing was sent. The help names the variable; set it and run the same \
         command again. Credentials of one registry are never tried at another.";
    CREDENTIALS_REFUSED = "RK-PUBLISH-CREDENTIALS-REFUSED", Forbidden,
        "the registry refused the credentials",
        "The registry does not know the credentials, or they may not do this with this package: a token that has expired, one \
         for another project or another registry, or one of somebody who does not own the package is the usual cause. The \
         registry's own words are shown. Set the right ones and run the same command again.",
        help: "see that the token is one for this registry and may upload this package";
    UPLOAD_REFUSED = "RK-PUBLISH-UPLOAD-REFUSED", Invalid,
        "the registry refused a file",
        "The registry answered no: it has this version or another file of this name, it has seen the name before, it asks for \
         fewer requests, or something in the metadata is not allowed there. The registry's own words are shown. Where it asks for \
         fewer requests, the same command waits as long as it says, or says until when to wait. Where it says that it has the \
         file and does not list one, it may be yours, accepted before and not listed yet: run the same command again later. If \
         it is somebody else's, release a new version, for a published one cannot be changed.";
    UPLOAD_FAILED = "RK-PUBLISH-UPLOAD-FAILED", Transient,
        "an upload failed",
        "The connection broke, the registry answered with an error of its own or with neither yes nor no, or the upload could not \
         begin. What the registry then shows decides whether the file has arrived. Run the same command again: what is there is \
         not sent twice.";
    UPLOAD_REDIRECTED = "RK-PUBLISH-UPLOAD-REDIRECTED", Invalid,
        "an upload was answered with a redirection",
        "The URL is not where the registry takes uploads: it answered with another address. Uploads are not sent on, for the \
         credentials were meant for the first one. Nobody knows what the registry did with the file, so it was looked for; \
         correct the URL, as the help says, and run the same command again.";
    RESOLVE_FAILED = "RK-PUBLISH-RESOLVE-FAILED", Transient,
        "the ecosystem's tool could not be asked what it would install",
        "A package is live and was verified, and then the tool was to choose it from its registry, as installers do. The registry \
         did not answer the tool, it lets the tool read nothing with the logins it was given, or the tool lacks something to \
         begin with. The tool's own words are shown. Nothing is sent again: mend what is named and run the same command again. \
         The tool has the user's logins for reading and none for uploads. `resolve_check = false` in `[publish]` leaves the \
         question out.";
    SMOKE_FAILED = "RK-PUBLISH-SMOKE-FAILED", ToolFailed,
        "a released package could not be installed",
        "The package is live and was verified, but installing it into an empty place failed or gave another version. The tool's \
         own words are shown: often a requirement is missing from the registry that the package went to.";
}
