//! The codes of this crate's failures; says nothing of how they are shown.

releasekit_core::codes! {
    VERSION_INVALID = "RK-VERSION-INVALID", Invalid,
        "this is not a version of its scheme",
        "A version in a package file, a tag, a manifest, an artifact or on the command line does not follow the rules of \
         its ecosystem: PEP 440 for Python, Semantic Versioning 2.0 elsewhere. Correct it where it is written; the \
         message quotes it and says what is wrong.",
        help: "correct the version where it is written";
    VERSION_BUMP = "RK-VERSION-BUMP", Invalid,
        "this version cannot move that way",
        "A prerelease bump without a label was asked of a final version, or a number of the version is the largest there \
         is. Name a label (`--pre alpha`), or ask for patch, minor or major.",
        help: "ask for patch, minor or major, or name a prerelease label";
    VERSION_LABEL = "RK-VERSION-LABEL", Invalid,
        "its scheme has no such prereleases",
        "A prerelease was asked for under a label that the version's scheme cannot spell. PEP 440 has `alpha`, `beta`, `rc` \
         and `dev` and nothing else; Semantic Versioning takes any word of letters, digits and `-`. Where packages of a group \
         share one version, it needs a label that all their schemes have.";
    REQUIREMENT_INVALID = "RK-REQUIREMENT-INVALID", Invalid,
        "this is not a requirement",
        "A dependency in a package file or in an artifact does not follow the syntax of its ecosystem: PEP 508 and \
         PEP 440 for Python, comparators of SemVer for cargo. Correct it where it is written; the message quotes it.",
        help: "correct the requirement where it is written";
    REQUIREMENT_URL = "RK-REQUIREMENT-URL", Invalid,
        "this requirement names a URL instead of versions",
        "A dependency on a package of this repository points to a URL or a path (`name @ url`), so no version can be \
         compared with it, moved or pinned in it. Require versions (`name>=1.0`) and say where the package lies in the \
         workspace's own sources table.",
        help: "require versions, and say where the package lies in the sources table";
    ARTIFACT_NAME = "RK-ARTIFACT-NAME", Invalid,
        "this file name is not one of a wheel or sdist",
        "Wheels are named `name-version(-build)-python-abi-platform.whl` and sdists `name-version.tar.gz`. Rename \
         nothing by hand: build the package again, or remove the file from the folder of artifacts.",
        help: "build the package again, or remove the file";
    ARTIFACT_INVALID = "RK-ARTIFACT-INVALID", Invalid,
        "this artifact is broken",
        "A wheel or sdist is cut off, corrupt or lacks its metadata. It was damaged on the way or its build failed; \
         build or download it again.",
        help: "build or download the artifact again";
    ARTIFACT_UNSAFE = "RK-ARTIFACT-UNSAFE", Invalid,
        "this artifact would be dangerous to unpack",
        "A member of a wheel or sdist would be written outside of its folder, is listed twice, is no file or folder, has \
         control characters in its name, or unpacks to far more than it should; or installers could read the archive in \
         more than one way: its parts disagree, there are bytes that are in no member, or its RECORD lists something \
         else than it holds. Nothing was unpacked. Build it again, and look at where it came from.",
        help: "nothing was unpacked; look at where the artifact came from";
    ARTIFACT_MISMATCH = "RK-ARTIFACT-MISMATCH", Invalid,
        "an artifact's file name and its metadata disagree",
        "The name or version in a wheel's or sdist's metadata is not the one in its file name. It was renamed, or its \
         build backend takes the version from another place than the package file. Build it again.",
        help: "build or download the artifact again";
    ARTIFACT_UNREADABLE = "RK-ARTIFACT-UNREADABLE", Precondition,
        "an artifact could not be read from disk",
        "A file that should hold an artifact is missing, or reading it failed. See the cause: a path that is wrong, \
         missing rights, or a failing disk.",
        help: "check the path and its permissions";
    DIGEST_UNSUPPORTED = "RK-DIGEST-UNSUPPORTED", Unsupported,
        "this digest cannot be taken of a file's bytes",
        "A registry is verified by a digest that is computed over the members of an archive, which this ecosystem's \
         files do not have. This is a fault of the backend that asked.";
}
