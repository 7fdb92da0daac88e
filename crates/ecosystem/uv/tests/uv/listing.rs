//! The members that we find are the members that uv itself lists.

use std::path::Path;

use crate::common::tool::{folder, sandbox, write};
use crate::common::{codes, discover, disk, path};

fn project(name: &str) -> String {
    format!("[project]\nname = \"{name}\"\nversion = \"1\"\nrequires-python = \">=3.9\"\n")
}

/// What uv lists in a folder; `None` where it refuses.
fn listed(sandbox: &releasekit_testkit::Sandbox, folder: &Path) -> Option<Vec<String>> {
    let mut command = sandbox.command("uv");
    let ran = releasekit_testkit::run(command.args(["workspace", "list"]).current_dir(folder));
    ran.success().then(|| ran.stdout.lines().map(str::to_owned).collect())
}

#[tokio::test]
async fn every_layout_gives_what_uv_lists() {
    let Some(sandbox) = sandbox() else { return };
    type Folders = &'static [&'static str];
    // The workspace's table, the folders with a project, the folders with another file, the code where uv refuses.
    let cases: &[(&str, Folders, Folders, Option<&str>)] = &[
        ("members = ['p/*']", &["p/a", "p/b", "q/c"], &[], None),
        ("members = ['p/*']", &["p/a", "p/.hidden"], &["p/.other"], None),
        ("members = ['p/*']", &["p/a"], &["p/without"], Some("RK-UV-MEMBER-MISSING")),
        ("members = ['p/*']", &["p/a"], &["p/without/deep"], Some("RK-UV-MEMBER-MISSING")),
        ("members = ['p/*']\nexclude = ['p/without']", &["p/a"], &["p/without"], None),
        ("members = ['p/*', 'p/*/*']\nexclude = ['p/a']", &["p/a", "p/a/x", "p/c", "p/c/d"], &[], None),
        ("members = ['p/*', 'p/*/*']\nexclude = ['p/a*']", &["p/ab", "p/ab/x", "p/c"], &[], None),
        ("members = ['p/*']\nexclude = ['./p/a/', 'p/b/']", &["p/a", "p/b", "p/c"], &[], None),
        ("members = ['**/deep*']", &["deep1", "q/deep2", "q/.h/deep3", "q/other"], &[], None),
        ("members = ['p/**']", &["p", "p/a", "p/a/b"], &[], None),
        ("members = ['p/{a,b}']", &["p/a", "p/b"], &[], None),
        ("members = ['p/[ab]', './q/', 'r/?x', 'p/[!abc]']", &["p/a", "p/c", "p/d", "q", "r/yx"], &[], None),
        ("members = ['../beside', 'absent']", &["../beside", "absent2"], &[], None),
        ("members = ['p/a**']", &["p/a"], &[], Some("RK-UV-MANIFEST-INVALID")),
        ("", &["p/a"], &[], None),
    ];
    for (i, (table, projects, others, code)) in cases.iter().enumerate() {
        let top = folder(&sandbox, &format!("case{i}"));
        let root = top.join("root");
        write(&root, &[("pyproject.toml", &format!("{}[tool.uv.workspace]\n{table}\n", project("root")))]);
        for folder in *projects {
            let name = folder.replace(['/', '.'], "");
            write(&root, &[(&format!("{folder}/pyproject.toml"), &project(&name))]);
        }
        for folder in *others {
            write(&root, &[(&format!("{folder}/file"), "")]);
        }
        let ours = discover(&disk(&top), "root").await;
        match (listed(&sandbox, &root), ours) {
            (Some(theirs), Ok(packages)) => {
                let own = packages.iter().filter(|package| *package.home_in(&path("")) == path("root"));
                let mut ours: Vec<_> = own.map(|package| package.name.to_string()).collect();
                ours.sort();
                assert_eq!(ours, theirs, "{table}");
                assert_eq!(*code, None, "{table}");
            }
            (None, Err(error)) => assert_eq!(codes(&error), [code.expect("a code")], "{table}"),
            (theirs, ours) => panic!("{table}: uv {theirs:?}, we {ours:?}"),
        }
    }
}

#[tokio::test]
async fn what_uv_refuses_among_members_we_refuse() {
    let Some(sandbox) = sandbox() else { return };
    let cases: [(&str, String, Option<&str>); 5] = [
        ("no project", "[tool.x]\n".to_owned(), Some("RK-UV-MANIFEST-INVALID")),
        ("nested workspace", format!("{}[tool.uv.workspace]\n", project("n")), Some("RK-UV-NESTED-WORKSPACE")),
        ("same name", project("A"), Some("RK-UV-NAME-DUPLICATE")),
        ("no version", "[project]\nname = \"n\"\n".to_owned(), Some("RK-UV-MANIFEST-INVALID")),
        ("not managed", format!("{}[tool.uv]\nmanaged = false\n", project("n")), None),
    ];
    for (i, (what, text, code)) in cases.iter().enumerate() {
        let root = folder(&sandbox, &format!("case{i}"));
        write(
            &root,
            &[
                ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['p/*']\n"),
                ("p/a/pyproject.toml", &project("a")),
                ("p/b/pyproject.toml", text),
            ],
        );
        let ours = discover(&disk(&root), "").await;
        match (listed(&sandbox, &root), ours) {
            (Some(theirs), Ok(packages)) => {
                assert_eq!(packages.len(), theirs.len(), "{what}");
                assert_eq!(*code, None, "{what}");
            }
            (None, Err(error)) => assert_eq!(codes(&error), [code.expect("a code")], "{what}"),
            (theirs, ours) => panic!("{what}: uv {theirs:?}, we {ours:?}"),
        }
    }
}
