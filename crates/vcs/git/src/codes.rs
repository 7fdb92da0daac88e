//! The codes that the git backend can raise.

releasekit_core::codes! {
    NOT_INSTALLED = "RK-GIT-NOT-INSTALLED", ToolMissing, "git is not installed",
        "releasekit reads repositories itself and leaves commits, tags, pushes and fetches to the `git` program, which it did not find on `PATH`. Install git, or put its folder on `PATH`.",
        help: "install git, or put its folder on `PATH`";
    TOO_OLD = "RK-GIT-TOO-OLD", ToolMissing, "git is too old",
        "releasekit relies on `git merge-tree --write-tree`, which came with git 2.38. Install a newer git.";
    DUBIOUS_OWNERSHIP = "RK-GIT-DUBIOUS-OWNERSHIP", Precondition, "the repository belongs to another user",
        "Git refuses repositories of other users, because their settings could run programs as you, and so does releasekit. Where you trust this one, say so with `git config --global --add safe.directory FOLDER`. In a container this usually means that the checkout was made by another user.";
    NO_WORK_TREE = "RK-GIT-NO-WORK-TREE", Precondition, "the repository has no work tree",
        "releasekit reads its configuration from the files of a checkout, and a bare repository or the inside of a `.git` folder has none. Run it in a clone or in a linked work tree.",
        help: "run this in a clone, or in a linked work tree";
    NO_COMMIT = "RK-GIT-NO-COMMIT", Precondition, "the repository has no commit yet",
        "A version follows from commits, and the branch that is checked out has none. Make the first commit.",
        help: "make the first commit";
    OBJECT_MISSING = "RK-GIT-OBJECT-MISSING", NotFound, "the clone lacks an object",
        "A commit, tree or file that is needed is not among the objects of this clone. It may be shallow: `git fetch --unshallow --tags` brings the rest. The name may also be mistyped.",
        help: "in a shallow clone run `git fetch --unshallow --tags`";
    PARTIAL = "RK-GIT-PARTIAL", Precondition, "the clone is partial, and lacks what the answer needs",
        "A clone made with `--filter` has all commits and leaves out trees or files until git needs them. Which packages a commit touched, and what their files said, stands in those. `git fetch --refetch --no-filter --tags` brings them all at once; in a CI checkout leave the filter out.",
        help: "run `git fetch --refetch --no-filter --tags`";
    HISTORY_CUT = "RK-GIT-HISTORY-CUT", Precondition, "the answer lies beyond where the clone's history ends",
        "The clone is shallow, and whether one commit is reachable from another depends on commits that it lacks. Nothing is concluded from missing history. Fetch it: `git fetch --unshallow --tags`; in a CI checkout ask for full history (`fetch-depth: 0`).",
        help: "run `git fetch --unshallow --tags`";
    SHALLOW = "RK-GIT-SHALLOW", Precondition, "the clone lacks history that the answer needs",
        "Nothing is concluded from missing history. Fetch it: `git fetch --unshallow --tags`; in a CI checkout ask for full history (`fetch-depth: 0`).",
        help: "run `git fetch --unshallow --tags`";
    TAGS_MISSING = "RK-GIT-TAGS-MISSING", Precondition, "the clone lacks tags that the remote has",
        "Without the tags of past releases, changes would be counted twice. Fetch them: `git fetch --tags`.",
        help: "run `git fetch --tags`";
    COMMIT_MISSING = "RK-GIT-COMMIT-MISSING", Precondition, "the clone lacks a commit",
        "A commit that the answer needs is not in this clone. Fetch it, or the whole history: `git fetch --unshallow --tags`.",
        help: "mend the name, or fetch the commit: `git fetch`, in a shallow clone `git fetch --unshallow`";
    READ = "RK-GIT-READ", ToolFailed, "the repository cannot be read",
        "Reading the repository's refs, objects, index or settings failed: a file is damaged, missing or unreadable. `git fsck` says what is wrong.",
        help: "run `git fsck` to see what is wrong";
    NO_OBJECT_NAME = "RK-GIT-NO-OBJECT-NAME", Invalid, "a text is not the full name of an object",
        "Commits and objects are named by all 40 hexadecimal digits where nothing may be guessed. `git rev-parse REVISION` gives the full name.";
    INVALID_GLOB = "RK-GIT-INVALID-GLOB", Invalid, "a glob of a package's paths cannot be read",
        "The globs in a package's `paths` are written from the repository root, with `*`, `**`, `?`, `[...]` and `{a,b}`. The message says what is wrong with this one.";
    INVALID_REF_NAME = "RK-GIT-INVALID-REF-NAME", Invalid, "git does not allow this name for a tag or branch",
        "Names of tags and branches may not contain spaces, `~`, `^`, `:`, `?`, `*`, `[`, `\\` or `..`, nor begin with `-` or end with `.lock`. Change `tag_format`, or the branch name in `[pull_request]`.";
    REF_TWICE = "RK-GIT-REF-TWICE", Invalid, "one ref was to be set twice at once",
        "Refs are set all or none, so each of them can be named once. Two packages of one name and version have the same tag: let `tag_format` tell them apart.";
    FAILED = "RK-GIT-FAILED", ToolFailed, "a git command failed",
        "The message says which step failed, and what git printed is shown below it.";
    FOLDER = "RK-GIT-FOLDER", Precondition, "a folder cannot be used",
        "releasekit works in throw-away folders of the user's cache folder, and exports go to an empty folder outside of any repository. This one is not empty, lies inside a repository, or cannot be written.";
    FILE_UNWRITABLE = "RK-GIT-FILE-UNWRITABLE", Precondition, "a file of the work tree cannot be written",
        "`check --fix` writes files anew in the work tree, and the system refused this one: it is read-only, belongs to another user, or the disk is full.",
        help: "make the file writable, and run the same command again";
    NO_IDENTITY = "RK-GIT-NO-IDENTITY", Precondition, "git does not know who you are",
        "A commit or tag names its author, and releasekit does not let git guess one from the machine's name. Set `git config user.name` and `git config user.email`, or the variables `GIT_AUTHOR_NAME`, `GIT_AUTHOR_EMAIL`, `GIT_COMMITTER_NAME` and `GIT_COMMITTER_EMAIL`.",
        help: "run `git config user.name NAME` and `git config user.email ADDRESS`";
    UNSIGNED = "RK-GIT-UNSIGNED", Precondition, "a commit or tag could not be signed",
        "It was to be signed, by `sign` or by the settings `commit.gpgSign` and `tag.gpgSign`, and signing failed. Git itself can fail to sign a tag and still exit with 0, so every signature is looked for in what was written. Nothing was pushed. Check `user.signingKey`, `gpg.format` and the agent, or set `sign = \"never\"`.",
        help: "check `user.signingKey` and `gpg.format`, or set `sign = \"never\"`";
    FILTERED_FILE = "RK-GIT-FILTERED-FILE", Precondition, "a file to be edited is stored through a filter",
        "The file has a `filter` attribute, as files in Git LFS have, so what git stores is not what the file holds, and an edit of the stored bytes would destroy it. Take the file out of the filter in `.gitattributes`.";
    NOT_A_FILE = "RK-GIT-NOT-A-FILE", Precondition, "what is to be edited is not a plain file",
        "The path to be written is a symbolic link, a submodule or a folder in this commit. Name the file itself.";
    LINK_OUTSIDE = "RK-GIT-LINK-OUTSIDE", Precondition, "a link leads out of the repository",
        "A file or folder that is to be read, or the export that a build works in, holds a symbolic link that leads out of the repository, into its `.git` folder, or to a file that git does not track. What lies there belongs to this machine, not to the commit, so it is never read: whoever can change the repository could otherwise have it shown or published. Commit the file itself, or a relative link to a tracked file.";
    REPLAY_CONFLICT = "RK-GIT-REPLAY-CONFLICT", Conflict, "a commit does not apply to its new base",
        "The commits that people added to the release branch are made anew on top of the new release commit, and one of them changes the same lines. The branch was left as it is. Merge or rebase it by hand, or delete the branch to start anew.",
        help: "rebase the branch by hand, or delete it to start anew";
    BRANCH_CHECKED_OUT = "RK-GIT-BRANCH-CHECKED-OUT", Precondition, "a branch to be moved is checked out",
        "Moving a branch under a checkout would make its files look changed. Check out another branch there: `git switch --detach`.";
    REF_CONFLICT = "RK-GIT-REF-CONFLICT", Conflict, "a ref is not where it was expected to be",
        "Somebody else moved, made or deleted the ref in the meantime. Nothing was changed. Run the command again: it looks anew.",
        help: "run the command again";
    NO_REMOTE = "RK-GIT-NO-REMOTE", Precondition, "there is no such remote",
        "The remote named by `remote` (default `origin`) is not configured in this repository. `git remote -v` lists those that are; `git remote add NAME URL` adds one.";
    OFFLINE = "RK-GIT-OFFLINE", Precondition, "the remote is on the network, which is off limits",
        "The command was run with `--offline` and would have to ask a remote that is not a folder of this machine.",
        help: "run it without `--offline`";
    REMOTE_UNREACHABLE = "RK-GIT-REMOTE-UNREACHABLE", Transient, "the remote cannot be reached",
        "The connection to the remote failed, ended early or took too long, or there is no repository at its URL. What git said is shown below. After a push it may be unknown whether the remote took it; running the command again looks first.";
    UNAUTHENTICATED = "RK-GIT-UNAUTHENTICATED", Unauthenticated, "the remote does not accept the credential",
        "The remote wants a credential and got none that it knows. releasekit never asks for one at the terminal: git's own credential helpers, SSH keys and `GIT_ASKPASS` are used. Check them with `git ls-remote`.";
    FORBIDDEN = "RK-GIT-FORBIDDEN", Forbidden, "the credential may not write to the remote",
        "The remote knows the credential but does not let it do this. In CI, look at the permissions of the job's token.",
        help: "use a credential that may write to the repository";
    PUSH_REJECTED = "RK-GIT-PUSH-REJECTED", Conflict, "the remote refused the push",
        "A ref was not where it was expected, a rule protects it, or a hook of the server declined. The push is all or nothing, so the remote took none of it. What the server said is shown below.";
    NOT_ON_REMOTE = "RK-GIT-NOT-ON-REMOTE", NotFound, "the remote does not have a commit",
        "The commit is neither in this clone nor to be had from the remote. Push it from where it was made.",
        help: "push it from where it was made";
    EXPORT_DIFFERS = "RK-GIT-EXPORT-DIFFERS", Precondition, "the checkout made for the build differs from the commit",
        "Right after it was made, git calls files of the throw-away checkout changed. A filter that does not give back what it took is the usual cause: look at `.gitattributes` and the `filter.*` settings.",
        help: "look at `.gitattributes` and the `filter.*` settings";
}
