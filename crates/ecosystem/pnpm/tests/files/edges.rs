//! Which requirements are on packages of the repository, and what is published of them.

use releasekit_core::model::{Dependency, Order, Propagation, Published, Worded};

use crate::common::{ROOT, discover, find, member, packages, remarks, tree};

/// A workspace with `base` 1.2.0, `other` 2.0.0-rc.1, a private `tool`, and `top` that says this.
async fn top(settings: &str, says: &str) -> (Vec<Dependency>, Vec<(String, String)>) {
    let settings = format!("{ROOT}{settings}");
    let files = [
        ("pnpm-workspace.yaml", settings.as_str()),
        ("p/base/package.json", "{\"name\": \"base\", \"version\": \"1.2.0\"}"),
        ("p/other/package.json", "{\"name\": \"@scope/other\", \"version\": \"2.0.0-rc.1\"}"),
        ("p/tool/package.json", "{\"name\": \"tool\", \"private\": true}"),
        ("p/top/package.json", &member("top", says)),
        ("lone/package.json", &member("lone", "")),
    ];
    let found = packages(&tree(&files), "").await;
    let package = find(&found, "top");
    let requirements = package.requirements.iter().map(|it| (it.name.clone(), it.text.clone()));
    (package.dependencies.clone(), requirements.collect())
}

#[tokio::test]
async fn every_form_is_published_as_pnpm_publishes_it() {
    for (key, text, published, requirement) in [
        ("base", "workspace:*", "1.2.0", "workspace:*"),
        ("base", "workspace:^", "^1.2.0", "workspace:^"),
        ("base", "workspace:~", "~1.2.0", "workspace:~"),
        ("base", "workspace:>=1 <2", ">=1 <2", ">=1 <2"),
        ("base", "workspace:../base", "1.2.0", "workspace:*"),
        ("base", "link:../base", "1.2.0", "workspace:*"),
        ("base", "file:../base/", "1.2.0", "workspace:*"),
        ("base", "catalog:", "^1.0.0", "^1.0.0"),
        ("base", "catalog:old", "1.2.0", "workspace:*"),
        ("alias", "workspace:base@^1.0.0", "npm:base@^1.0.0", "npm:base@^1.0.0"),
        ("alias", "workspace:base@*", "npm:base@1.2.0", "npm:base@workspace:*"),
    ] {
        let settings = "catalog:\n  base: workspace:^1.0.0\ncatalogs:\n  old: {base: 'workspace:*'}\n";
        let (dependencies, requirements) = top(settings, &format!("\"dependencies\": {{\"{key}\": \"{text}\"}}")).await;
        let [dependency] = dependencies.as_slice() else { panic!("{text}: {dependencies:?}") };
        assert_eq!((dependency.name.as_str(), dependency.requirement.as_str()), ("base", published), "{text}");
        assert_eq!(dependency.table, format!("dependencies.{key}"));
        let follows = requirement.ends_with("workspace:*");
        let worded = if follows { Worded::ByPin } else { Worded::AsWritten };
        assert_eq!((dependency.worded, dependency.propagates), (worded, Propagation::Configured), "{text}");
        assert_eq!(requirements, [("base".to_owned(), requirement.to_owned())], "{text}");
    }
}

#[tokio::test]
async fn what_is_met_from_elsewhere_is_no_edge() {
    for text in [
        "^1.0.0",
        "npm:base@^1.0.0",
        "npm:others@^1.0.0",
        "latest",
        "next",
        "*",
        "github:someone/base",
        "https://h.test/base.tgz",
        "link:../nowhere",
        "file:../../base.tgz",
        "catalog:",
    ] {
        let (dependencies, requirements) =
            top("catalog: {base: ^1.0.0}\n", &format!("\"dependencies\": {{\"base\": \"{text}\"}}")).await;
        assert_eq!((dependencies.as_slice(), requirements.len()), ([].as_slice(), 1), "{text}");
    }
    let (dependencies, _) =
        top("", "\"pnpm\": {\"overrides\": {\"base\": \"workspace:*\"}}, \"resolutions\": {\"base\": \"1\"}").await;
    assert_eq!(dependencies, []);
}

#[tokio::test]
async fn plain_ranges_are_met_by_members_where_the_settings_say_so() {
    let says = "\"dependencies\": {\"base\": \"^1.0.0\", \"alias\": \"npm:base@1.x\", \"@scope/other\": \"^2.0.0\"}";
    for settings in ["linkWorkspacePackages: true\n", "linkWorkspacePackages: deep\n"] {
        let (dependencies, _) = top(settings, says).await;
        let found: Vec<_> = dependencies.iter().map(|it| (it.requirement.as_str(), it.propagates)).collect();
        // A prerelease is not what the last one asks for.
        assert_eq!(found, [("^1.0.0", Propagation::Configured), ("npm:base@1.x", Propagation::Configured)]);
    }
    let files = [
        ("pnpm-workspace.yaml", ROOT),
        (".npmrc", "link-workspace-packages = true\n"),
        ("p/base/package.json", &member("base", "")),
        ("p/top/package.json", &member("top", "\"dependencies\": {\"base\": \"^1.0.0\"}")),
    ];
    assert_eq!(find(&packages(&tree(&files), "").await, "top").dependencies.len(), 1);
    let without: Vec<_> = files.into_iter().filter(|(file, _)| *file != ".npmrc").collect();
    let found = discover(&tree(&without), "").await.expect("it can be read");
    let [(code, message)] = remarks(&found).try_into().expect("one remark");
    assert_eq!(code, "RK-PNPM-NOT-LINKED");
    assert!(message.ends_with(": `p/top/package.json`"), "{message}");
}

#[tokio::test]
async fn kinds_say_what_waits_and_what_moves() {
    let says = "\"optionalDependencies\": {\"base\": \"workspace:^\"}, \
        \"peerDependencies\": {\"base\": \"^1.0.0\", \"@scope/other\": \"workspace:*\", \"tool\": \"^1\"}, \
        \"peerDependenciesMeta\": {\"base\": {\"optional\": true}}, \
        \"devDependencies\": {\"tool\": \"workspace:*\", \"base\": \"workspace:^1.0.0\"}";
    let (dependencies, requirements) = top("", says).await;
    let found: Vec<_> = dependencies
        .iter()
        .map(|it| (it.table.as_str(), it.requirement.as_str(), it.orders, it.published, it.propagates))
        .collect();
    let configured = Propagation::Configured;
    let expected = [
        ("optionalDependencies.base", "^1.2.0", Order::First, Published::Optional, configured),
        ("peerDependencies.base", "^1.0.0", Order::UnlessCircular, Published::Optional, Propagation::OutOfRange),
        ("peerDependencies.@scope/other", "2.0.0-rc.1", Order::UnlessCircular, Published::Required, configured),
        ("devDependencies.tool", "*", Order::Any, Published::No, Propagation::Never),
        ("devDependencies.base", "^1.0.0", Order::Any, Published::No, Propagation::Never),
    ];
    assert_eq!(found, expected);
    let texts: Vec<_> = requirements.iter().map(|(name, text)| format!("{name} {text}")).collect();
    assert_eq!(texts, ["@scope/other workspace:*", "base ^1.0.0", "base workspace:^", "tool ^1"]);
}

#[tokio::test]
async fn a_folder_of_another_workspace_keeps_its_own_pace() {
    let (dependencies, _) = top("", "\"dependencies\": {\"lone\": \"link:../../lone\", \"top\": \"link:.\"}").await;
    let [dependency] = dependencies.as_slice() else { panic!("{dependencies:?}") };
    assert_eq!((dependency.name.as_str(), dependency.propagates), ("lone", Propagation::OutOfRange));
}

#[tokio::test]
async fn an_entry_of_a_catalog_is_a_requirement_of_its_users_alone() {
    let files = |range: &str| {
        let settings = format!("{ROOT}catalogs:\n  web:\n    react: {range}\n");
        let user = member("user", "\"dependencies\": {\"react\": \"catalog:web\"}");
        [
            ("pnpm-workspace.yaml", settings),
            ("p/user/package.json", user),
            ("p/other/package.json", member("other", "\"dependencies\": {\"react\": \"^18.0.0\"}")),
        ]
    };
    let mut seen = Vec::new();
    for range in ["^18.0.0", "^19.0.0"] {
        let files = files(range);
        let found = packages(&tree(&files.each_ref().map(|(file, text)| (*file, text.as_str()))), "").await;
        seen.push(["user", "other"].map(|name| find(&found, name).requirements.clone()));
    }
    assert_ne!(seen[0][0], seen[1][0]);
    assert_eq!(seen[0][1], seen[1][1]);
}
