//! What goes wrong with forges, whichever it is. Backends raise these, and say with each what helps on theirs.

crate::codes! {
    HOST_UNKNOWN = "RK-FORGE-HOST-UNKNOWN", Forbidden, "a host that only the configuration names gets no token",
        "A token goes to its forge's public host, to a host that a variable of the CI or of the user names, to one that the \
         forge's own program has a login for, and to this machine. This host is named by the repository alone, and a \
         repository could name any. Nothing was sent; the help says which variable names the host.";
    INSECURE = "RK-FORGE-INSECURE", Forbidden, "a token is not sent without encryption",
        "The URL of the forge's API begins with `http`, and leads to another machine. Whoever is on the way would read the token. \
         Nothing was sent.",
        help: "name the forge's URL, or its API's, with `https`";
    TOKEN_MISSING = "RK-FORGE-TOKEN-MISSING", Unauthenticated, "no token for the forge",
        "Nothing says who asks: no variable of this forge has a token for the host, and the forge's own program has no login \
         for it. Nothing was asked. Branches and tags need no such token, so what is pushed is pushed; `--no-forge` asks for \
         just that.";
    TOKEN_REFUSED = "RK-FORGE-TOKEN-REFUSED", Unauthenticated, "the forge does not know the token",
        "The token has expired, was revoked, or belongs to another forge. Make a new one, put it where the old one was, and \
         run the same command again: what was done already is found and not done twice.";
    TOKEN_UNUSABLE = "RK-FORGE-TOKEN-UNUSABLE", Unauthenticated, "the token is none that can be sent",
        "A token is one word of letters, digits and marks. This one holds a line break, a space or another character that no \
         request can carry, as when two lines were copied, or a file was read that holds more. Nothing was sent.",
        help: "put the token where it is as one line, without anything around it";
    RIGHT_MISSING = "RK-FORGE-RIGHT-MISSING", Forbidden, "the token lacks a right",
        "The forge knows the token, and does not let it do this with this repository. Where the forge names the right that \
         is missing, the help does too. Some forges answer as if the thing were not there. The reference lists every right \
         that each operation needs.";
    REPOSITORY_UNSEEN = "RK-FORGE-REPOSITORY-UNSEEN", Forbidden, "the forge shows no such repository",
        "There is no repository of this path, or the token may not see it: forges do not say which. Check the remote, and \
         that the token is given this repository.",
        help: "check the remote's URL, and give the token access to this repository";
    RATE_LIMITED = "RK-FORGE-RATE-LIMITED", RateLimited, "the forge wants fewer requests",
        "The forge lets each token ask so often in an hour, and make changes so often in a minute. Short waits are made, and \
         shown; this one is longer than a command waits. Run the same command again after the time that is named: what was \
         done already is found and not done twice.",
        help: "run the same command again after this time";
    UNAVAILABLE = "RK-FORGE-UNAVAILABLE", Transient, "the forge does not answer",
        "The forge failed, or there was no connection, also after several tries. Nothing was changed by this. Look at the \
         forge's status page, and run the same command again later.",
        help: "run the same command again later";
    UNCLEAR = "RK-FORGE-UNCLEAR", Transient, "whether the forge has done it is not clear",
        "A change was asked for, and no answer came, or one that says neither yes nor no. It was not asked for again: the same \
         command looks first whether it was done, and goes on from there.",
        help: "run the same command again; it looks first";
    REDIRECTED = "RK-FORGE-REDIRECTED", Invalid, "the forge sends requests to another host",
        "Answers that lead elsewhere are followed on the same host, as for a repository that was renamed. This one leads to \
         another host, for which the token is not meant, so it was not followed. Correct the remote's URL or the forge's in \
         the configuration.",
        help: "correct the URL of the remote, or the forge's in the configuration";
    ANSWER = "RK-FORGE-ANSWER", Invalid, "an answer is none that the forge should give",
        "The answer lacks what the forge's own description promises, or is a page for people. Something between may have \
         answered, or the URL is that of another program. Check the forge's URL in the configuration, and proxies.",
        help: "check the forge's URL in the configuration, and proxies";
    REFUSED = "RK-FORGE-REFUSED", Invalid, "the forge refuses what it is asked",
        "The forge understood the request and says no; its own words are shown, and where they say what to mend, the help \
         does too. Nothing was changed by it.";
    TEXT_TOO_LONG = "RK-FORGE-TEXT-TOO-LONG", Invalid, "a text is longer than the forge takes",
        "Forges bound the text of requests, comments and releases. Nothing was sent.";
    REPOSITORY_PATH = "RK-FORGE-REPOSITORY-PATH", Invalid, "this is no path of a repository",
        "The remote's URL, or the configuration, names a path that no repository of this forge can have. Correct it.";
    NOT_FOUND = "RK-FORGE-NOT-FOUND", NotFound, "the forge has no such thing in this repository",
        "The repository is there, and the change request, release or file that was asked for is not.";
    BRANCH_MISSING = "RK-FORGE-BRANCH-MISSING", Precondition, "a branch is not on the forge",
        "A change request goes from one branch of the forge to another, and one of them is not there. Branches are pushed \
         first; somebody may have deleted it since.",
        help: "run the same command again, which pushes the branch";
    NOTHING_TO_MERGE = "RK-FORGE-NOTHING-TO-MERGE", Precondition, "the branch has no commit that its base lacks",
        "There is nothing that a change request could ask to merge.";
    NOT_OPEN = "RK-FORGE-NOT-OPEN", Precondition, "the change request is not open",
        "It was merged or closed, and what was asked is possible with open ones alone.";
    PERSON_UNKNOWN = "RK-FORGE-PERSON-UNKNOWN", Invalid, "somebody cannot be asked or assigned",
        "The forge lets only those be asked who can see the repository, and only those be assigned who can write to it or are \
         members. Nobody was asked. Correct the names in the configuration, or give them access.",
        help: "correct the names in the configuration, or give them access to the repository";
    MERGE_REFUSED = "RK-FORGE-MERGE-REFUSED", Precondition, "the forge is not told to merge by itself",
        "The head has moved since it was looked at, the forge would merge at once, or the repository does not let requests \
         merge themselves. The request stays open and is people's to merge.";
    TAG_MISSING = "RK-FORGE-TAG-MISSING", Precondition, "the forge has no such tag",
        "A release belongs to a tag, and a forge that lacks it would make one, on a commit of its own choice. Tags are pushed \
         first, so nothing was made.",
        help: "run `releasekit release`, which pushes the tag";
    SEVERAL_DRAFTS = "RK-FORGE-SEVERAL-DRAFTS", Conflict, "several drafts belong to one tag",
        "Two runs have made a draft of a release for the same tag, or people have made one. None was touched, since another \
         run may hold one of them.",
        help: "delete all but one of the drafts on the page of releases, and run the same command again";
    ASSET_DIFFERS = "RK-FORGE-ASSET-DIFFERS", Conflict, "a release has a file of this name with other bytes",
        "A complete file is never replaced: people may have downloaded it. Look where it comes from; if it is wrong, delete it \
         on the release's page and run the same command again.",
        help: "compare the two files; delete the wrong one on the release's page and run the same command again";
    ASSET_REFUSED = "RK-FORGE-ASSET-REFUSED", Precondition, "a file cannot be added to a release",
        "There is no release for it, the release takes no more files, an upload to it is half done, or the file on disk is not \
         the one that was described.";
    LATEST_PRERELEASE = "RK-FORGE-LATEST-PRERELEASE", Invalid, "a prerelease is never the latest release",
        "Forges show the latest release to everybody, and do not let a prerelease be it. Nothing was sent.";
    COMMIT_REFUSED = "RK-FORGE-COMMIT-REFUSED", Precondition, "the forge does not make the commit",
        "The branch has moved since it was looked at, the forge lacks the commit that this one stands on, or a rule of the \
         repository refuses it. The branch is where it was.";
}
