//! Which files decide what git does with a credential.

use std::fs;
use std::path::PathBuf;

use releasekit_testkit::Sandbox;

use crate::support::{context, open, try_open, wait};

fn trusted(sandbox: &Sandbox) -> Vec<PathBuf> {
    wait(open(sandbox).trusted_files()).expect("git lists its settings")
}

#[test]
fn settings_logins_and_programs_are_named_whether_they_are_there_or_not() {
    let sandbox = Sandbox::new();
    let found = trusted(&sandbox);
    let (git, home) = (sandbox.work().join(".git"), sandbox.path().join("home"));
    for file in ["config", "config.worktree", "info/attributes"] {
        assert!(found.contains(&git.join(file)), "{file}: {found:?}");
    }
    for file in [".gitconfig", ".git-credentials", ".netrc", ".ssh/config"] {
        assert!(found.contains(&home.join(file)), "{file}: {found:?}");
    }
    let own = PathBuf::from(sandbox.git(["--exec-path"]).trim_end());
    assert!(found.contains(&own.join("git-remote-https")), "{found:?}");
    let path = sandbox.env().iter().find(|(name, _)| name == "PATH").expect("it is set").1.clone();
    for folder in std::env::split_paths(&path).filter(|folder| folder.is_absolute()) {
        assert!(found.contains(&folder.join("git")) && found.contains(&folder.join("ssh")), "{found:?}");
    }
}

#[test]
fn what_settings_include_and_name_counts_too() {
    let sandbox = Sandbox::new();
    let home = sandbox.path().join("home");
    fs::write(home.join("more"), "[include]\n\tpath = deeper/absent\n").expect("writable");
    sandbox.git(["config", "--global", "include.path", "more"]);
    sandbox.git(["config", "includeIf.gitdir:/nowhere/.path", "~/conditional"]);
    sandbox.git(["config", "credential.helper", "store --file ~/logins"]);
    sandbox.git(["config", "credential.https://x.invalid.helper", "!/opt/tool auth"]);
    sandbox.git(["config", "core.sshCommand", "ssh -F '/somewhere/ssh config'"]);
    sandbox.git(["config", "core.attributesFile", "/somewhere/attributes"]);
    sandbox.git(["config", "http.sslCAInfo", "~/ca.pem"]);
    sandbox.git(["config", "gpg.program", "signer"]);
    let sandbox = sandbox.with_env("GIT_SSH_COMMAND", "myssh -i /keys/one").with_env("PATH", path_with(&home));
    let found = trusted(&sandbox);
    for file in ["more", "deeper/absent", "conditional", "logins", "ca.pem"] {
        assert!(found.contains(&home.join(file)), "{file}: {found:?}");
    }
    for program in ["git-credential-store", "signer", "myssh"] {
        assert!(found.contains(&home.join(program)), "{program}: {found:?}");
    }
    for path in ["/opt/tool", "/somewhere/attributes", "/keys/one"] {
        assert!(found.contains(&PathBuf::from(path)), "{path}: {found:?}");
    }
}

/// The sandbox's path with a folder of the test's own.
fn path_with(folder: &std::path::Path) -> std::ffi::OsString {
    let sandbox = Sandbox::new();
    let path = &sandbox.env().iter().find(|(name, _)| name == "PATH").expect("it is set").1;
    std::env::join_paths(std::env::split_paths(path).chain([folder.to_owned()])).expect("no colon")
}

#[test]
fn a_linked_work_tree_has_settings_of_its_own_and_those_of_its_repository() {
    let sandbox = Sandbox::new();
    sandbox.write("file", "x").commit("feat: begin");
    sandbox.git(["worktree", "add", "-q", "../linked"]);
    let vcs = try_open(&context(&sandbox), &sandbox.path().join("linked")).expect("it opens").expect("a repository");
    let found = wait(vcs.trusted_files()).expect("git lists its settings");
    let git = sandbox.work().join(".git");
    for file in ["config", "worktrees/linked/config.worktree", "worktrees/linked/commondir"] {
        assert!(found.contains(&git.join(file)), "{file}: {found:?}");
    }
}
