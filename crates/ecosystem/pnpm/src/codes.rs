//! The codes of this backend's failures.

releasekit_core::codes! {
    MANIFEST_INVALID = "RK-PNPM-MANIFEST-INVALID", Invalid,
        "a package.json or pnpm-workspace.yaml is not valid",
        "A `package.json` is no JSON, or a `pnpm-workspace.yaml` is no YAML; a file is not UTF-8; a key that pnpm needs has another \
         type than it should, stands in an object twice, or a glob is none to pnpm; or a package takes from a catalog what that does \
         not have. The place is shown. A key that is there twice pnpm may accept, but of its two places one would be changed and \
         the other read.",
        help: "mend the file at the place that is shown";
    ROOT_MISSING = "RK-PNPM-ROOT-MISSING", Configuration,
        "this folder is neither a workspace of pnpm nor a package",
        "The folder that is configured as `workspace_root` has neither a `pnpm-workspace.yaml` nor a `package.json` with a name. Name \
         the folder that holds the workspace's root.",
        help: "name the folder of the workspace in `workspace_root`";
    NAME_DUPLICATE = "RK-PNPM-NAME-DUPLICATE", Invalid,
        "two packages have one name",
        "Two released packages have the same name, by which a registry would take them for versions of one. Rename one of them, or \
         mark it with `\"private\": true`.",
        help: "rename one of them, or mark it with `\"private\": true`";
    REQUIREMENT_SHARED = "RK-PNPM-REQUIREMENT-SHARED", Invalid,
        "one text is the requirement on two packages that move apart",
        "In `pnpm-workspace.yaml`, entries of catalogs for several packages of the workspace are one text by an anchor and its \
         aliases, and the packages go to versions that it cannot admit together. Write the entries out.",
        help: "write each entry of the catalog out, without an alias";
    PROJECT_UNREADABLE = "RK-PNPM-PROJECT-UNREADABLE", Warning,
        "packages that nobody releases could not be read",
        "Package files in folders of tests, examples and the like are not valid, as data of tests often are. They take no part in \
         releases, so nothing stops. `exclude` leaves a folder out.",
        help: "leave them out with `exclude` if they are none of yours";
    MEMBER_PASSED_OVER = "RK-PNPM-MEMBER-PASSED-OVER", Warning,
        "members behind links or in other repositories were passed over",
        "A glob in `packages` takes in a folder that is a link or a repository of its own, such as a submodule. What lies there is not \
         part of this repository, so it is not released from here.",
        help: "release what lies in another repository from there";
    MEMBER_NAMELESS = "RK-PNPM-MEMBER-NAMELESS", Warning,
        "members of a workspace have no name",
        "A `package.json` that a glob in `packages` takes in has a version and no name. pnpm lists such a package, and no registry can \
         take it, so it is not released. `\"private\": true` says that this is meant.",
        help: "give the package a `name`, or mark it with `\"private\": true`";
    MANIFEST_UNSUPPORTED = "RK-PNPM-MANIFEST-UNSUPPORTED", Warning,
        "a package file is of a kind that cannot be released yet",
        "pnpm also reads `package.yaml` and `package.json5`. releasekit edits `package.json` alone, so packages that have another file \
         in its place are not released, and their requirements on others do not move.",
        help: "write the package file as `package.json`";
    NOT_LINKED = "RK-PNPM-NOT-LINKED", Warning,
        "packages take members of their workspace from the registry",
        "A package that is released requires a member of its workspace by a plain range, and pnpm, unless `linkWorkspacePackages` \
         says otherwise, takes what such a range names from the registry. It is no internal dependency then: it orders nothing, \
         moves nobody, and its range stays. Write `workspace:` before the range where the member is meant.",
        help: "write `workspace:` before the range, or set `linkWorkspacePackages: true`";
    TOOL_UNSUPPORTED = "RK-PNPM-TOOL-UNSUPPORTED", Warning,
        "packages of npm, yarn or bun are not released yet",
        "A `package.json` has `workspaces`, or a lockfile of another tool than pnpm beside it. releasekit works on workspaces of pnpm: \
         what is named is not released, and nothing in it changes. A `pnpm-workspace.yaml` makes it a workspace of pnpm; `exclude` \
         leaves its folder out without a word.",
        help: "leave the folder out with `exclude`, or make it a workspace of pnpm";
    TOO_OLD = "RK-PNPM-TOO-OLD", ToolMissing,
        "pnpm or npm is too old",
        "pnpm packs and locks, and npm, which comes with node, sends what was packed: pnpm itself sends a tarball elsewhere than it \
         is told where the tarball names a registry. Versions before those that the message names behave otherwise.",
        help: "install a newer one: https://pnpm.io/installation, https://nodejs.org/en/download";
    ENGINE_UNFIT = "RK-PNPM-ENGINE-UNFIT", ToolMissing,
        "the repository wants another pnpm or node",
        "`engines` of a `package.json` names versions of pnpm or node, and pnpm refuses to work with others: with another pnpm \
         always, with another node where `engineStrict` is set. pnpm's own words say which are wanted and which is there. \
         releasekit runs the pnpm that `PATH` has, and downloads no other.",
        help: "have the pnpm and the node on `PATH` that `engines` asks for, or let it admit those that are there";
    FOLDER_UNUSABLE = "RK-PNPM-FOLDER-UNUSABLE", Precondition,
        "a file or a working folder could not be read or written",
        "releasekit works in folders below its cache and in exports of the repository, and reads the user's own `.npmrc`. One of \
         them is missing, not readable or writable, or on a full disk; the message says what the system answered.";
    LOCK_STALE = "RK-PNPM-LOCK-STALE", Precondition,
        "pnpm-lock.yaml does not fit the package files",
        "pnpm refuses `pnpm-lock.yaml` with `--frozen-lockfile`, because requirements, catalogs or settings changed after it was made. \
         A release only moves what is required of the packages that it releases, and third parties stay where they are. Run \
         `pnpm install --lockfile-only`, or `releasekit check --fix`, which does it for you, commit the result, and try again.";
    LOCK_FAILED = "RK-PNPM-LOCK-FAILED", Transient,
        "pnpm could not say whether a lockfile fits",
        "`pnpm install --lockfile-only` failed for another reason than the lockfile: a registry did not answer or wants a login, or \
         pnpm would have to ask one and the network is out of bounds. Whether the lockfile fits is not known. pnpm's own words are \
         shown.";
    PROTOCOL_LEFT = "RK-PNPM-PROTOCOL-LEFT", Invalid,
        "a packed package requires what only its workspace has",
        "Inside of a tarball a requirement begins with `workspace:`, `catalog:` or `link:`. Nobody outside of the workspace can \
         install it. releasekit writes out what names members and catalogs; what is left names a folder, or a member or a catalog \
         that is not there, or stands in a `package.json` that a build brought.",
        help: "require a version, or a member of the workspace";
    ENTRY_MISSING = "RK-PNPM-ENTRY-MISSING", Invalid,
        "a packed package lacks what it promises",
        "`main`, `module`, `bin` or `exports` of `package.json` name a file that was not packed, so whoever requires the package \
         finds nothing. pnpm packs without it all the same. Releases are built from what is committed: where a build makes the \
         file, name the command in `build_commands`, or bring it with `include_untracked`; where `files` leaves it out, name it there.",
        help: "have `build_commands` make it, or `files` take it in";
    ENTRY_DOUBTFUL = "RK-PNPM-ENTRY-DOUBTFUL", Warning,
        "a packed package lacks what some tools ask for",
        "`types`, an entry of `files`, or a condition of `exports` that node does not know names a file that was not packed. Many \
         packages are published so, and nothing stops for it.",
        help: "have `build_commands` make it, or take the entry away";
    NOTHING_INSIDE = "RK-PNPM-NOTHING-INSIDE", Invalid,
        "a packed package has no content",
        "A tarball holds `package.json` and papers such as a readme and nothing else. Often a build did not run: releases are \
         built from what is committed. Name the command in `build_commands`. A package that promises no files and only requires \
         others may be empty.",
        help: "have `build_commands` make what is to be published";
    DIRECTORY_STALE = "RK-PNPM-DIRECTORY-STALE", ToolFailed,
        "the folder that is published is of another package or version",
        "`publishConfig.directory` names a folder with a `package.json` of its own, which is what is published. It says another \
         name or version than the package, so it was made before, or is committed as it once was. Have `build_commands` make the \
         folder anew: they see the version that is released.",
        help: "have `build_commands` make the folder anew from the package's own `package.json`";
    BUNDLED = "RK-PNPM-BUNDLED", Invalid,
        "a package bundles what a release does not install",
        "`bundledDependencies` asks pnpm to pack what is installed in `node_modules`. A release is packed without an install, and a \
         member of the workspace is a link there, so nothing would be packed. Require what is bundled instead, or have \
         `build_commands` install it, where it is none of this workspace.";
    PRIVATE_PUBLISHED = "RK-PNPM-PRIVATE-PUBLISHED", Invalid,
        "a package that is to be published says that it is private",
        "npm refuses to publish a package whose `package.json` says `\"private\": true`, and the configuration has it published. One \
         of the two is wrong.";
    NAME_ILLEGAL = "RK-PNPM-NAME-ILLEGAL", Invalid,
        "no registry takes a package of this name",
        "A name has at most 214 characters, which stand in a URL as they are, and a scope before it where it has one: \
         `@scope/name`.";
    REPOSITORY_MISSING = "RK-PNPM-REPOSITORY-MISSING", Invalid,
        "provenance is asked for, and the package file names no repository",
        "npm states in a provenance from which repository a package was built, and registries refuse one that differs from \
         `repository` in `package.json`, or where that is missing.";
    ACCESS_UNSAID = "RK-PNPM-ACCESS-UNSAID", Warning,
        "nobody says who may read a package with a scope",
        "npm takes a package whose name has a scope for a private one at its first release, and answers with 402 where nobody pays \
         for such. `\"publishConfig\": {\"access\": \"public\"}` in `package.json` says that everybody may read it. Packages that are \
         at the registry already keep what they have.",
        help: "say `\"publishConfig\": {\"access\": \"public\"}`, or `restricted`, in the package file";
    REGISTRY_OTHER = "RK-PNPM-REGISTRY-OTHER", Warning,
        "the package file names another registry than the package goes to",
        "`publishConfig.registry` of `package.json` is where npm and pnpm would publish the package by themselves. The configuration \
         has it go elsewhere, and that is where it goes.",
        help: "name one registry in both, or take `publishConfig.registry` away";
    METADATA_THIN = "RK-PNPM-METADATA-THIN", Warning,
        "a package for npmjs.com lacks what people look for there",
        "The package file says no `license` or no `repository`, or there is no readme beside it, and the page of the package will be \
         without it. Nothing stops for it.",
        help: "add what is named";
    OTP_WANTED = "RK-PNPM-OTP-WANTED", Unauthenticated,
        "the registry wants a one-time password",
        "The account, or the package, asks for a second factor with every upload, and a release has nobody to type it. Nothing was \
         uploaded. Use a token that may publish without one: on npmjs.com a granular token with `bypass 2FA`, or an automation token.",
        help: "use a token that may publish without a one-time password";
    PLAN_WANTED = "RK-PNPM-PLAN-WANTED", Forbidden,
        "the registry takes the package for a private one",
        "The registry answered with 402: a scoped package is private unless somebody says otherwise, and the account pays for no \
         private ones. Nothing was uploaded. Say `\"publishConfig\": {\"access\": \"public\"}` in its `package.json`.",
        help: "say `\"publishConfig\": {\"access\": \"public\"}` in the package file";
    READ_LOGIN_MISSING = "RK-PNPM-READ-LOGIN-MISSING", Unauthenticated,
        "a package is for its owners alone, and nobody could read it",
        "`publishConfig.access` says `restricted`, so npm's registry shows the package to its owners alone. Once it is there, \
         releasekit has npm choose and install it, and what may upload goes with no such question: `NODE_AUTH_TOKEN` and \
         `NPM_TOKEN`, wherever they are named. So it could be published and never be proven. Nothing of it was uploaded. Write a \
         token that may only read into your own `.npmrc`, by itself or by a variable of another name. `resolve_check = false` in \
         `[publish]` leaves the question out.",
        help: "write `//registry.npmjs.org/:_authToken=` and a token that may read into your own `.npmrc`, or set `resolve_check = false` in `[publish]`";
    CONFIG_FETCHED = "RK-PNPM-CONFIG-FETCHED", Warning,
        "pnpm fetches `configDependencies` while it packs",
        "`pnpm-workspace.yaml` names `configDependencies`, and from version 11 on pnpm fetches those for whatever it does, packing \
         among it, and cannot be told not to. Their bytes are pinned there, and no hook of theirs runs, but without their registry \
         nothing is packed. pnpm 10 is told to leave them out.",
        help: "see that builds reach their registry, or list this code in `ignore_warnings`";
    IDENTITY_MISSING = "RK-PNPM-IDENTITY-MISSING", Precondition,
        "provenance is asked for, and nothing says who publishes",
        "`publishConfig.provenance`, or the user's settings, ask for a statement of where a package was built. npm makes one in a \
         workflow of GitHub with the permission `id-token: write`, or in a job of GitLab with `SIGSTORE_ID_TOKEN` among its \
         `id_tokens`. There is neither here. Nothing was uploaded.",
        help: "publish where there is one (`id-token: write`), or set `npm_config_provenance` to `false`";
}
