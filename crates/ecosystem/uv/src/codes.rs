//! The codes of this backend's failures.

releasekit_core::codes! {
    MANIFEST_INVALID = "RK-UV-MANIFEST-INVALID", Invalid,
        "a pyproject.toml is not valid",
        "A `pyproject.toml` is no TOML, is not UTF-8, or a key that uv needs is missing or has another type than it \
         should. The place is shown; `uv workspace list` says the same once the file is mended.";
    ROOT_MISSING = "RK-UV-ROOT-MISSING", Configuration,
        "this folder is neither a uv workspace nor a project",
        "The folder that is configured as `workspace_root` has no `pyproject.toml`, or one with neither `[project]` nor \
         `[tool.uv.workspace]`. Name the folder that holds the workspace's root.",
        help: "name the folder of the workspace in `workspace_root`";
    MEMBER_MISSING = "RK-UV-MEMBER-MISSING", Invalid,
        "a workspace member has no pyproject.toml",
        "A glob in `[tool.uv.workspace]` `members` matches a folder that has files but no `pyproject.toml`, which uv \
         refuses. Add the file, or take the folder out by `exclude`.";
    NESTED_WORKSPACE = "RK-UV-NESTED-WORKSPACE", Invalid,
        "a workspace member is a workspace itself",
        "A member of a uv workspace has a `[tool.uv.workspace]` table of its own, which uv refuses. Remove the table, \
         or take the folder out of the outer workspace by `exclude`.",
        help: "remove its `[tool.uv.workspace]`, or name it in `exclude` of the outer one";
    NAME_DUPLICATE = "RK-UV-NAME-DUPLICATE", Invalid,
        "two workspace members have the same name",
        "Names are compared as indexes compare them: without regard to case, and with `-`, `_` and `.` alike. Rename \
         one of the two, or leave the folder of one out with `exclude`, as where a package is written anew beside the old one.",
        help: "rename one of them, or name the folder of one in `exclude`";
    MEMBER_PASSED_OVER = "RK-UV-MEMBER-PASSED-OVER", Unsupported,
        "a workspace member lies behind a link, or in another repository",
        "uv enters links to folders and submodules where a glob of `members` takes them in. releasekit does not: what lies \
         there belongs to another place or another repository, and its history is not this one's. A folder of this \
         repository that a link leads to is found where it lies. Name the link in `exclude` of `releasekit.toml`.",
        help: "name it in `exclude` of `releasekit.toml`";
    PROJECT_UNREADABLE = "RK-UV-PROJECT-UNREADABLE", Invalid,
        "a package file outside of the workspaces cannot be read",
        "Projects that no workspace takes in and that nobody releases, such as demos and data of tests, are looked at as well, \
         for what they require may be a package of this repository. Where one cannot be read, it is passed over. Mend it, or \
         name its folder in `exclude` of `releasekit.toml`.",
        help: "mend them, or name their folders in `exclude` of `releasekit.toml`";
    DEPENDENCIES_UNKNOWN = "RK-UV-DEPENDENCIES-UNKNOWN", Unsupported,
        "what a package needs is computed by its build backend, and no lockfile tells",
        "`dynamic = [\"dependencies\"]` leaves it to the build backend what a package requires. Which of that are packages of \
         this repository, releasekit reads from `uv.lock`. Without it their order is not known, and they do not move with \
         what they need. Run `uv lock` and commit `uv.lock`, or write the requirements into `[project]`.",
        help: "run `uv lock` and commit `uv.lock`, or write the requirements into `[project]`";
    DYNAMIC_VERSION = "RK-UV-DYNAMIC-VERSION", Unsupported,
        "a package's version is dynamic and cannot be read from a file",
        "The package file says `dynamic = [\"version\"]`, and the build backend takes the version from code, so releasekit cannot \
         write the next one. Where it takes part in releases it waits, and with it the packages that need it; the others are \
         planned, and where none is left, this is the error. Write `version` into \
         `[project]`, or let the backend read it from a file: hatchling's `[tool.hatch.version] path`, setuptools' \
         `[tool.setuptools.dynamic] version` with `attr` or `file`, flit's `__version__`, pdm's `[tool.pdm.version] source = \
         \"file\"`, maturin's `Cargo.toml`. Where the backend takes it from tags in a way that releasekit does not know, say `version_from = \"tags\"` \
         in the package's table; hatch-vcs, setuptools-scm, versioningit and uv-dynamic-versioning are known. A package that \
         is not released by releasekit is left out by `release = \"none\"`, or by `exclude`, which also hides what it needs.",
        help: "write `version` into `[project]`, let the build backend read it from a file, or say in `[packages.NAME]` \
               `version_from = \"tags\"`, or `release = \"none\"` to leave the package out as `exclude` would";
    TOO_OLD = "RK-UV-TOO-OLD", ToolMissing,
        "uv is too old",
        "releasekit relies on how uv locks, builds and uploads, and older versions do it otherwise. Run `uv self update`, \
         or install a newer one.",
        help: "run `uv self update`, or install a newer uv";
    LOCK_STALE = "RK-UV-LOCK-STALE", Precondition,
        "uv.lock does not fit the package files",
        "`uv lock --check` refuses the lockfile, because requirements changed after it was made, or because it was made \
         with settings that are not in the repository. releasekit only moves the members' own versions in a lockfile. Run \
         `uv lock`, or `releasekit check --fix`, which does it for you, commit the result, and try again.";
    LOCK_UNSOLVABLE = "RK-UV-LOCK-UNSOLVABLE", Precondition,
        "the requirements of a workspace cannot all be met",
        "uv finds no versions that meet all requirements of the workspace at once, so it can write no lockfile. Its words name \
         the requirements that contradict each other. Change one of them, and run `uv lock`.";
    LOCK_FAILED = "RK-UV-LOCK-FAILED", Transient,
        "uv could not say whether a lockfile fits",
        "`uv lock` failed for another reason than the lockfile: an index did not answer or wants a login, a build backend \
         failed, uv found no Python, or it would have to ask an index and the network is out of bounds. Whether the lockfile \
         fits is not known. uv's own words are shown.";
    REQUIRES_PYTHON_INVALID = "RK-UV-REQUIRES-PYTHON-INVALID", Invalid,
        "`requires-python` is not a set of version specifiers",
        "Core metadata wants version specifiers in `Requires-Python`, separated by commas, such as `>=3.9,<4`. Indexes refuse \
         anything else, `>=3.9.*` too: a wildcard goes with `==` and `!=` alone.";
    README_TYPE_INVALID = "RK-UV-README-TYPE-INVALID", Invalid,
        "the readme has a content type that indexes refuse",
        "Core metadata knows `text/plain`, `text/x-rst` and `text/markdown`, in UTF-8, the last with the variants `GFM` and \
         `CommonMark`. Correct `content-type` in `[project.readme]`.";
    EXTRA_INVALID = "RK-UV-EXTRA-INVALID", Invalid,
        "an extra has a name that indexes refuse",
        "Extras are named as packages are: letters, digits, `-`, `_` and `.`, a letter or digit first and last. Rename the \
         table in `[project.optional-dependencies]`.";
    VERSION_LOCAL = "RK-UV-VERSION-LOCAL", Invalid,
        "a local version goes to PyPI",
        "A version with `+` in it is one of somebody's own (PEP 440), and PyPI takes none. Take the `+` and what follows it \
         out of the version, or publish to an index of your own.";
    REQUIREMENT_URL = "RK-UV-REQUIREMENT-URL", Invalid,
        "a package for PyPI requires something from a URL",
        "PyPI refuses packages whose requirements, or those of their extras, name a URL, `name @ https://…` (PEP 440). Require \
         a version, and name the URL in `[tool.uv.sources]`, which holds for development and is not published.";
    CLASSIFIER_UNKNOWN = "RK-UV-CLASSIFIER-UNKNOWN", Invalid,
        "PyPI does not know a classifier",
        "PyPI refuses packages with classifiers that are not on its list. This one begins with words that no classifier begins \
         with; the rest of the list is PyPI's to judge. `Private :: Do Not Upload` is refused on purpose: a package that \
         is published must not have it.";
    SUMMARY_TOO_LONG = "RK-UV-SUMMARY-TOO-LONG", Invalid,
        "a description is longer than PyPI takes",
        "`description` in `[project]` is the summary of one line, of which PyPI takes 512 characters. What is longer belongs \
         in the readme.";
    URL_INVALID = "RK-UV-URL-INVALID", Invalid,
        "PyPI refuses an entry of `[project.urls]`",
        "A label has one to 32 characters, and its value is a URL that begins with `https://` or `http://`.";
    FILE_MISSING = "RK-UV-FILE-MISSING", Invalid,
        "a readme or licence file is not there",
        "The package file names a file that the repository does not have, or a pattern in `license-files` that matches none. \
         Ignored files do not count, for releases are built from what is committed. Where `build_commands` or \
         `include_untracked` bring files for builds, this is not looked at.";
    EXTRA_PRIVATE = "RK-UV-EXTRA-PRIVATE", Invalid,
        "a published extra needs a package that is never published",
        "Whoever installs the extra looks for that name on an index, where it is not, or where somebody else has put something \
         under it. Publish the package too, or move the requirement to `[dependency-groups]`, which are not published.";
    BUILD_REQUIREMENT_STRANGER = "RK-UV-BUILD-REQUIREMENT-STRANGER", Invalid,
        "a build would take a package of this repository from an index",
        "`[build-system]` `requires` names a package of this repository without saying that it is meant. Releases are built \
         without `[tool.uv.sources]`, so the build would take whatever an index has under that name: another version, or \
         somebody else's package, whose code would run. Say `name = { workspace = true }` in `[tool.uv.sources]`, and releasekit \
         pins it to the one built with the release, or require exactly one version of the index with `==`.";
    FOLDER_UNUSABLE = "RK-UV-FOLDER-UNUSABLE", Precondition,
        "a working folder could not be read or written",
        "releasekit works in folders below its cache and in exports of the repository. One of them is missing, not \
         writable, or on a full disk; the message says what the system answered.";
}
